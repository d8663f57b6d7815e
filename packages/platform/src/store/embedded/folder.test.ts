import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testFolder } from "../../testing/folder.js";
import { openStore } from "./open.js";

function modes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(["", ...names].map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]));
}

test("a data folder and all in it are for its owner only", async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const dataDir = join(testFolder(), "made");
  const store = openStore({ dataDir });
  onTestFinished(() => store.close());
  await store.takeRecords("one", new BatchWriter("writer-one").log({ loss: 1 }, 1).body());
  await store.checkpoint();
  expect(Object.entries(modes(dataDir)).filter(([name, mode]) => mode !== (["", "log"].includes(name) ? "700" : "600"))).toEqual([]);
});

test("a folder that was open to others is closed and told once; files beside ours are left alone", async () => {
  const dataDir = testFolder();
  await openStore({ dataDir }).close();
  writeFileSync(join(dataDir, "tool.sh"), "", { mode: 0o755 });
  chmodSync(dataDir, 0o777);
  const warnings: string[] = [];
  const open = () => openStore({ dataDir, warn: (message) => warnings.push(message) }).close();
  await open();
  // The folder is closed, and a file in it is not.
  chmodSync(join(dataDir, "store.db"), 0o644);
  await open();
  expect(warnings).toEqual([expect.stringContaining("mode 777")]);
  expect(modes(dataDir)).toMatchObject({ "": "700", "store.db": "600", "tool.sh": "755" });
});

test("a folder that others use, such as /tmp, is refused and stays as it is: it was closed to them", async () => {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "thesis.txt"), "", { mode: 0o644 });
  chmodSync(dataDir, 0o1777);
  expect(() => openStore({ dataDir })).toThrow(
    " holds files that are not the platform's, and would be closed to other users. Give a folder of yours with --data.",
  );
  expect(modes(dataDir)).toEqual({ "": "777", "thesis.txt": "644" });
  const copied = join(dataDir, "data");
  mkdirSync(join(copied, "files"), { recursive: true, mode: 0o755 });
  await openStore({ dataDir: copied }).close();
});

test.runIf(process.geteuid?.() === 0)("the folder of another user is refused", () => {
  const dataDir = join(testFolder(), "theirs");
  mkdirSync(dataDir, { mode: 0o777 });
  chmodSync(dataDir, 0o777);
  chmodSync(join(dataDir, ".."), 0o755);
  process.seteuid!(65534);
  onTestFinished(() => process.seteuid!(0));
  expect(() => openStore({ dataDir })).toThrow("belongs to another user (uid 0, this process is uid 65534)");
});

test.runIf(process.geteuid?.() === 0)("a file that another user has put into the folder is refused", async () => {
  const dataDir = testFolder();
  await openStore({ dataDir }).close();
  writeFileSync(join(dataDir, "token"), "known-to-another-user");
  chownSync(join(dataDir, "token"), 65534, 65534);
  expect(() => openStore({ dataDir })).toThrow("token belongs to another user (uid 65534");
});

test("a README.txt of the user's own, and a log that is not ours, do not keep a store from being made, and stay as they are", async () => {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "README.txt"), "My project.");
  mkdirSync(join(dataDir, "log"));
  writeFileSync(join(dataDir, "log", "app.log"), "", { mode: 0o644 });
  await openStore({ dataDir }).close();
  expect(modes(dataDir)).toMatchObject({ "log/app.log": "644", "store.db": "600" });
});
