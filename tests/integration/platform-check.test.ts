import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";

const BIN = fileURLToPath(new URL("../../packages/platform/bin/ava-platform.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ava-check-"));
const whole = join(folder, "whole");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  url: string;
  errors: () => string;
  end: (signal: NodeJS.Signals) => Promise<void>;
}

async function start(dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, [BIN, "--port", "0", "--data", dataDir], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdout.setEncoding("utf8");
  while (!/http:\S+\n/.test(output)) output += String((await once(child.stdout, "data"))[0]);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await once(child, "close");
  };
  return { url: /http:\S+/.exec(output)![0], errors: () => errors, end };
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", timeout: 60_000 });
}

async function send(url: string, points: number): Promise<void> {
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < points; step++) writer.log({ loss: step }, step).print(`line ${step}\n`);
  const headers = { "content-type": "application/x-ava-records" };
  const answer = await fetch(`${url}/v1/instances/one/records`, { method: "POST", headers, body: new Uint8Array(writer.body()) });
  expect(answer.status).toBe(200);
}

/** A copy of a data folder with a database and nothing in its log. */
async function stopped(): Promise<string> {
  if (!readdirSync(folder).includes("whole")) {
    const platform = await start(whole);
    await send(platform.url, 5000);
    await platform.end("SIGTERM");
  }
  const copy = mkdtempSync(join(folder, "copy-"));
  cpSync(whole, copy, { recursive: true });
  return copy;
}

test("check says that a store is whole, with exit code 0, also while a platform runs and after it was killed", async () => {
  const dataDir = await stopped();
  expect(run("check", "--data", dataDir)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^The store in .* is whole: 1 instance, 1 series, /),
    stderr: "",
  });
  const platform = await start(dataDir);
  await send(platform.url, 6000);
  expect(run("check", "--data", dataDir)).toMatchObject({ status: 0, stdout: expect.stringMatching(/, 1 segment\.\n$/), stderr: "" });
  await platform.end("SIGKILL");
  expect(JSON.parse(run("check", "--data", dataDir, "--json").stdout)).toMatchObject({
    isWhole: true,
    damage: [],
    checked: { segments: 1 },
  });
});

test("check lists damage of database and log with file, place and what is missing, with exit code 1", async () => {
  const dataDir = await stopped();
  const path = join(dataDir, "store.db");
  const bytes = readFileSync(path);
  bytes[bytes.indexOf("line 1000")]! ^= 1;
  writeFileSync(path, bytes);
  const platform = await start(dataDir);
  await send(platform.url, 6000);
  await platform.end("SIGKILL");
  const [segment] = readdirSync(join(dataDir, "log"));
  const log = readFileSync(join(dataDir, "log", segment!));
  log[100]! ^= 1;
  writeFileSync(join(dataDir, "log", segment!), log);
  const { status, stdout, stderr } = run("check", "--data", dataDir, "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    isWhole: false,
    damage: [
      { file: path, place: "table log_pieces, row instance = one, start = 0", what: expect.stringContaining("missing") },
      { file: expect.stringContaining(segment!), place: expect.stringMatching(/^byte \d+ to \d+$/) },
    ],
  });
  expect(stderr).toMatch(/^ava-platform: 2 places are damaged in .*\. .* copy\.\n$/);
  expect(run("check", "--data", dataDir).stdout.split("\n")).toHaveLength(3);
});

test.each<[string, (path: string) => void]>([
  ["is empty", (path) => truncateSync(path, 0)],
  ["is not there", (path) => rmSync(path)],
  ["is cut short", (path) => truncateSync(path, 30_000)],
  ["is something else", (path) => writeFileSync(path, "something else, and long enough to be looked at. ".repeat(1000))],
  [
    "is a folder",
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
])("a store.db that %s is one message with advice and exit code 1, and nothing is made anew", async (_what, spoil) => {
  const dataDir = await stopped();
  spoil(join(dataDir, "store.db"));
  for (let time = 0; time < 2; time++) {
    const { status, stdout, stderr } = run("--port", "0", "--data", dataDir);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^ava-platform: The database .*store\.db cannot be used .* copy.*\n$/);
  }
  const checked = run("check", "--data", dataDir);
  expect(checked.status).toBe(1);
  expect(checked.stdout).toContain("store.db, the file: ");
});

test("a killed platform whose store.db-wal was removed serves what it acknowledged", async () => {
  const dataDir = await stopped();
  const platform = await start(dataDir);
  await send(platform.url, 7000);
  await platform.end("SIGKILL");
  for (const name of readdirSync(dataDir)) if (/-(wal|shm)$/.test(name)) rmSync(join(dataDir, name));
  const again = await start(dataDir);
  const { series } = (await (await fetch(`${again.url}/v1/instances/one`)).json()) as { series: { count: number }[] };
  expect(series[0]?.count).toBe(7000);
  expect(again.errors()).toBe("");
  await again.end("SIGTERM");
});

test("a log segment that is there twice, under another name, doubles nothing and is told", async () => {
  const dataDir = await stopped();
  const platform = await start(dataDir);
  const report = { method: "POST", body: "loss,id=old value=1 1700000000000000000\n" };
  expect((await fetch(`${platform.url}/v1/report/trainings/old/metric`, report)).status).toBe(200);
  await platform.end("SIGKILL");
  const log = join(dataDir, "log");
  copyFileSync(join(log, readdirSync(log)[0]!), join(log, "00000099.log"));
  expect(run("check", "--data", dataDir).stdout).toContain("no request that is not read elsewhere");
  const again = await start(dataDir);
  const { series } = (await (await fetch(`${again.url}/v1/instances/old`)).json()) as { series: { count: number }[] };
  expect(series).toMatchObject([{ count: 1 }]);
  expect(again.errors()).toMatch(/^store_damaged: .*00000099\.log/);
  await again.end("SIGTERM");
});

test("a log folder that is not there is told by check and by the start", async () => {
  const dataDir = await stopped();
  rmSync(join(dataDir, "log"), { recursive: true });
  expect(run("check", "--data", dataDir)).toMatchObject({ status: 1, stdout: expect.stringContaining("/log is not there") });
  const platform = await start(dataDir);
  expect(platform.errors()).toMatch(/^store_damaged: .*\/log is not there/);
  await platform.end("SIGTERM");
});

test.each([
  ["a folder for a log segment", "log/00000002.log"],
  ["a folder for the lock", "lock.db"],
  ["a folder for the secret", "secret"],
  ["a folder for a probe of the disk", "log/room.tmp"],
])("%s is one message and exit code 1, without a stack", async (_what, name) => {
  const dataDir = await stopped();
  rmSync(join(dataDir, name), { force: true });
  mkdirSync(join(dataDir, name));
  const { status, stdout, stderr } = run("--port", "0", "--data", dataDir);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^ava-platform: [^\n]*\n$/);
  expect(stderr).toContain(join(dataDir, name));
});

test("check of a folder without a store says so", () => {
  expect(run("check", "--data", join(folder, "none"))).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringContaining("There is no store in"),
  });
});
