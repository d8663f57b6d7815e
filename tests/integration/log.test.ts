import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { MultiProcessingLogHandler } from "ava-sdk/log";
import pino from "pino";
import { expect, test } from "vitest";
import { newWorkspace, waitFor } from "../processes/ava.js";
import { checkLines, newLog, readLogs, startLogWriter } from "../processes/logs.js";
import { repositoryPath } from "../processes/paths.js";

const LINES = 5000;

test("a worker thread, a fork, a cluster worker and an unrelated process write one log together", async () => {
  const log = newLog();
  const family = startLogWriter("log-family.mjs", [log, LINES]);
  await waitFor(() => existsSync(`${log}.spool`), "the first writer");
  const stranger = startLogWriter("log-lines.mjs", [log, "stranger", LINES]);
  expect(await Promise.all([family.ended, stranger.ended])).toEqual([0, 0]);
  expect(checkLines(readLogs(log))).toEqual({ main: LINES, thread: LINES, fork: LINES, cluster: LINES, stranger: LINES });
  expect(readdirSync(path.dirname(log))).toEqual(["run.log"]);
});

test("lines of a worker thread that is terminated are moved by the rest of its process", async () => {
  const log = newLog();
  const handler = new MultiProcessingLogHandler(log);
  const worker = new Worker(repositoryPath("tests/programs/log-lines.mjs"), { workerData: [log, "thread", 1e7], stdout: true });
  await waitFor(() => existsSync(log) && readFileSync(log, "utf8").length > 10_000, "lines of the thread");
  await worker.terminate();
  handler.close();
  expect(checkLines(readLogs(log))["thread"]).toBeGreaterThan(500);
  expect(existsSync(`${log}.spool`)).toBe(false);
});

function runInitialized(how: string): { workdir: string; workspace: string; stdout: string; stderr: string } {
  const workspace = newWorkspace();
  const workdir = path.join(workspace, "not", "there", "yet");
  const { stdout, stderr } = spawnSync(process.execPath, [repositoryPath("tests/programs/log-initialized.mjs"), workdir, how], {
    env: { PATH: process.env["PATH"], AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: "http://127.0.0.1:9" },
    encoding: "utf8",
  });
  return { workdir, workspace, stdout, stderr };
}

test("initializeLogger writes run.log, stderr and the journal of the instance, and never stdout", () => {
  const { workdir, workspace, stdout, stderr } = runInitialized("");
  const lines = /^Node\[2\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO \[\d+\] Started proc\nNode\[2\] .* ERROR \[\d+\] first\nsecond\n$/;
  expect(readFileSync(path.join(workdir, "run.log"), "utf8")).toMatch(lines);
  expect(stderr).toMatch(lines);
  expect(stdout).toBe("");
  const journal = path.join(workspace, "run/logged/journal");
  const recorded = readdirSync(journal).map((file) => readFileSync(path.join(journal, file), "latin1"));
  expect(recorded.join()).toContain("ERROR");
});

test("debug messages are logged when asked for", () => {
  expect(readFileSync(path.join(runInitialized("debug").workdir, "run.log"), "utf8")).toMatch(/DEBUG \[\d+\] details\n/);
});

test("lines of a training that never gives the event loop a turn are in the log, also when it is killed", () => {
  const { workdir } = runInitialized("busy");
  expect(readFileSync(path.join(workdir, "run.log"), "utf8")).toMatch(/first\nsecond\n.* still busy\n$/);
});

test("a training whose log folder cannot be written is warned once and goes on", () => {
  const folder = newWorkspace();
  writeFileSync(path.join(folder, "file"), "");
  const code = `import { initializeLogger } from "ava-sdk/log";
    const logger = initializeLogger(${JSON.stringify(path.join(folder, "file", "logs"))});
    for (let i = 0; i < 3; i++) logger.info("line %d", i);
    process.stdout.write("trained");`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: repositoryPath("tests"),
    encoding: "utf8",
  });
  expect({ status, stdout, warnings: stderr.match(/AvaWarning: .*/g)?.length, lines: stderr.match(/INFO/g)?.length }).toEqual({
    status: 0,
    stdout: "trained",
    warnings: 1,
    lines: 3,
  });
});

test("a closed stderr does not end the program", () => {
  const code = `import { initializeTestLogger } from "ava-sdk/log";
    const logger = initializeTestLogger();
    for (let i = 0; i < 100; i++) { logger.debug("line %d", i); await new Promise(setImmediate); }
    process.stdout.write("done");`;
  const { stdout, status } = spawnSync("sh", ["-c", '"$0" --input-type=module -e "$1" 2> /dev/full', process.execPath, code], {
    cwd: repositoryPath("tests"),
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "done", status: 0 });
});

test("a handler takes the lines of a pino logger", () => {
  const log = newLog();
  const handler = new MultiProcessingLogHandler(log);
  pino({ base: { pid: 1 } }, { write: (line) => handler.send(line) }).info({ loss: 0.3 }, "step");
  handler.close();
  expect(JSON.parse(readLogs(log))).toMatchObject({ level: 30, pid: 1, loss: 0.3, msg: "step" });
});

test("writers of another container are left alone; what they abandoned a day ago is moved and removed", () => {
  const log = newLog();
  const spool = `${log}.spool`;
  mkdirSync(spool);
  const part = path.join(spool, "00000000-7-7-1234.0123456789abcdef.000000.part");
  const frame = (text: string) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(text.length, 0);
    head.writeDoubleLE(Date.now(), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  writeFileSync(part, Buffer.concat([frame("from afar\n"), frame("torn\n").subarray(0, 14)]));
  const first = new MultiProcessingLogHandler(log, "a");
  first.close();
  expect([readLogs(log), existsSync(part)]).toEqual(["from afar\n", true]);
  spawnSync("touch", ["-d", "2 days ago", part]);
  new MultiProcessingLogHandler(log, "a").close();
  expect([readLogs(log), existsSync(spool)]).toEqual(["from afar\n", false]);
  rmSync(path.dirname(log), { recursive: true });
});
