// The emulator and `ava-sdk upload` as a user without an account runs them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";

const [accessKey, secretKey] = ["test-access-key", "test-secret-key"];

let folder: string;
let emulator: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "ava-emulator-command-"));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

function spawnEmulator(flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, [repositoryPath("packages/kodo-emulator/bin/kodo-emulator.js"), ...flags]);
}

/** @returns `http://host:port` */
async function start(): Promise<string> {
  emulator = spawnEmulator(["--port", "0", "--data", path.join(folder, "data"), "--ak", accessKey, "--sk", secretKey, "--bucket", "train"]);
  for await (const chunk of emulator.stdout ?? []) {
    const url = /all services on (\S+)/.exec(String(chunk))?.[1];
    if (url) return url;
  }
  throw new Error("the emulator ended before it listened");
}

async function stop(): Promise<number | null> {
  const child = emulator;
  emulator = undefined;
  if (!child) return null;
  child.kill("SIGTERM");
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode;
}

it("what is uploaded can be downloaded, also after a restart of the emulator", async () => {
  const env = { AVA_WORKSPACE: path.join(folder, "workspace"), AVA_ACCESS_KEY: accessKey, AVA_SECRET_KEY: secretKey };
  const content = Buffer.alloc(5_000_000, "content");
  const file = path.join(folder, "model");
  writeFileSync(file, content);
  const up = await runAva(["upload", file, "models/a b", "--bucket", "train", "--endpoint", await start(), "--json"], env);
  expect([up.exitCode, up.stderr.toString()]).toEqual([0, ""]);
  expect(JSON.parse(up.stdout.toString())).toMatchObject({ key: "models/a b", bytes: content.length, url: "qiniu://z0/train/models/a b" });
  expect(await stop()).toBe(0);
  const back = path.join(folder, "back");
  const down = await runAva(["download", "qiniu:///train/models/a b", "-o", back, "--endpoint", await start()], env);
  expect([down.exitCode, down.stderr.toString()]).toEqual([0, ""]);
  expect(readFileSync(back).equals(content)).toBe(true);
});

it.each([
  [["--bucket", "none"], 1, /no such bucket/],
  [["--bucket", "train", "--storage", "file:x"], 2, /not both/],
  [["--storage", "ftp:x"], 2, /kodo:BUCKET/],
])("an upload with %j ends with %i and says why", async (flags, exitCode, reason) => {
  const env = { AVA_WORKSPACE: folder, AVA_ACCESS_KEY: accessKey, AVA_SECRET_KEY: secretKey };
  const endpoint = flags.includes("none") ? ["--endpoint", await start()] : [];
  const result = await runAva(["upload", repositoryPath("package.json"), "key", ...flags, ...endpoint], env);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stderr.toString()).toMatch(reason);
  expect(result.stderr.toString()).not.toContain(secretKey);
});

it("the emulator with a flag missing ends with 2 and shows all", async () => {
  const child = spawnEmulator(["--port", "0"]);
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words += chunk.toString();
  });
  expect(await once(child, "close")).toEqual([2, null]);
  expect(words).toContain("--bucket B");
});
