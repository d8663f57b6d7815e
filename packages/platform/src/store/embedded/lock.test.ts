import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { testFolder } from "../../testing/folder.js";
import { lockStore } from "./lock.js";

/** Holds the lock as another process, or tries to; says which. */
const OTHER = `
  const Database = require(process.argv[1]);
  try {
    new Database(process.argv[2]).exec("BEGIN EXCLUSIVE");
    console.log("held");
    setInterval(() => undefined, 1000);
  } catch (error) {
    console.log(error.code);
  }
`;

async function other(dataDir: string, wrapper: string[] = []): Promise<{ said: string; child: ChildProcess }> {
  const libsql = createRequire(import.meta.url).resolve("libsql");
  const [program, ...args] = [...wrapper, process.execPath, "--eval", OTHER, libsql, join(dataDir, "lock.db")];
  const child = spawn(program!, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { said: said.toString().trim(), child };
}

test("two stores never open one folder, and the second is told who has it", () => {
  const dataDir = testFolder();
  const unlock = lockStore(dataDir);
  expect(() => lockStore(dataDir)).toThrow(`open in the process ${process.pid}.`);
  unlock();
  lockStore(dataDir)();
});

test("another process is kept out even when what tells of the holder is gone or wrong", async () => {
  const dataDir = testFolder();
  onTestFinished(lockStore(dataDir));
  writeFileSync(join(dataDir, "lock"), "{");
  expect((await other(dataDir)).said).toBe("SQLITE_BUSY");
  expect(() => lockStore(dataDir)).toThrow("open in another process.");
});

test("a lock whose process was killed is free, also when another process has its process id now", async () => {
  const dataDir = testFolder();
  lockStore(dataDir)();
  const { said, child } = await other(dataDir);
  expect(said).toBe("held");
  writeFileSync(join(dataDir, "lock"), JSON.stringify({ pid: process.pid }));
  expect(() => lockStore(dataDir)).toThrow("store");
  child.kill("SIGKILL");
  await once(child, "exit");
  onTestFinished(lockStore(dataDir));
  expect(JSON.parse(readFileSync(join(dataDir, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
});

test("a lock file that is not one is a message that says what to do", () => {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "lock.db"), "something else, longer than a header of SQLite would have to be to be looked at".repeat(10));
  expect(() => lockStore(dataDir)).toThrow(/lock\.db cannot be used .* Remove it/);
});
