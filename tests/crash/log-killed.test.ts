import { appendFileSync, cpSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { MultiProcessingLogHandler } from "ava-sdk/log";
import { expect, onTestFinished, test } from "vitest";
import { waitFor } from "../processes/ava.js";
import { checkLines, newLog, readLogs, startLogWriter } from "../processes/logs.js";
import { repositoryPath } from "../processes/paths.js";

const LINES = 100_000;

function receive(log: string, maxBytes = 0): void {
  const handler = new MultiProcessingLogHandler(log, "a", maxBytes, 1000);
  handler.receive();
  handler.close();
}

test("8 processes write 100,000 lines each, two are killed: every line that was logged is there once, whole, in order, over all rotations", async () => {
  const log = newLog();
  const maxBytes = 200_000;
  const writers = Array.from({ length: 8 }, (_, index) => startLogWriter("log-lines.mjs", [log, `w${index}`, LINES, maxBytes]));
  onTestFinished(() => writers.forEach(({ child }) => child.kill("SIGKILL")));
  for (const [index, victim] of writers.slice(0, 2).entries()) {
    await waitFor(() => victim.acknowledged() > (index + 1) * 20_000, "half of the lines", 60_000);
    victim.child.kill("SIGKILL");
  }
  const ends = await Promise.all(writers.map(({ ended }) => ended));
  expect(ends).toEqual(["SIGKILL", "SIGKILL", 0, 0, 0, 0, 0, 0]);
  receive(log, maxBytes);

  const found = checkLines(readLogs(log));
  for (const [index, { acknowledged }] of writers.entries()) {
    const surely = index < 2 ? acknowledged() : LINES;
    expect(found[`w${index}`], `writer ${index}`).toBeGreaterThanOrEqual(surely);
  }
  expect(readdirSync(path.dirname(log)).length).toBeGreaterThan(20);
  expect(existsSync(`${log}.spool`)).toBe(false);
}, 120_000);

test("all writers are killed at once, again and again: the next one continues where they were", async () => {
  const log = newLog();
  const acknowledged: Record<string, number> = {};
  for (let round = 0; round < 4; round++) {
    const names = [`r${round}a`, `r${round}b`, `r${round}c`];
    // Not mode w: the writers of a round find none of the round before.
    const writers = names.map((name) => startLogWriter("log-lines.mjs", [log, name, 1e7, 100_000]));
    await waitFor(() => writers.every((writer) => writer.acknowledged() >= 1000), "some lines of all");
    for (const { child } of writers) child.kill("SIGKILL");
    await Promise.all(writers.map(({ ended }) => ended));
    for (const [index, name] of names.entries()) acknowledged[name] = writers[index]?.acknowledged() ?? 0;
  }
  receive(log, 100_000);
  const found = checkLines(readLogs(log));
  expect(Object.keys(acknowledged).filter((name) => (found[name] ?? 0) < (acknowledged[name] ?? 0))).toEqual([]);
  expect(existsSync(`${log}.spool`)).toBe(false);
}, 60_000);

test("killed at any call that changes a file, the one that moves lines leaves what the next one completes exactly", async () => {
  const backlog = newLog();
  expect(await startLogWriter("leave-backlog.mjs", [backlog, 8]).ended).toBe("SIGKILL");
  let hasSurvived = false;
  for (let call = 1; !hasSurvived; call += 4) {
    const ends = await Promise.all([0, 1, 2, 3].map((more) => dieAndRecover(backlog, call + more)));
    hasSurvived = ends.includes(0);
    expect(ends.filter((end) => end !== "SIGKILL" && end !== 0)).toEqual([]);
    expect(call).toBeLessThan(1000);
  }
}, 120_000);

test("lines that a program appends without the spool stay when the next one completes the log", async () => {
  const backlog = newLog();
  expect(await startLogWriter("leave-backlog.mjs", [backlog, 8]).ended).toBe("SIGKILL");
  let hasSurvived = false;
  // Even numbers: killed before a call, since what is appended to half a line is in that line.
  for (let call = 2; !hasSurvived; call += 8) {
    const ends = await Promise.all([0, 2, 4, 6].map((more) => dieAndRecover(backlog, call + more, "a line of Python's logger\n")));
    hasSurvived = ends.includes(0);
    expect(call).toBeLessThan(1000);
  }
}, 120_000);

/** Lets a writer die at a call, completes what it left, and checks the log. @param appended - by another program meanwhile @returns how the writer ended */
async function dieAndRecover(backlog: string, call: number, appended = ""): Promise<number | NodeJS.Signals | null> {
  const log = newLog();
  cpSync(`${backlog}.spool`, `${log}.spool`, { recursive: true, verbatimSymlinks: true });
  const preload = ["--require", repositoryPath("tests/programs/die-at-call.cjs")];
  const writer = startLogWriter("log-lines.mjs", [log, "c", 5, 60, 1], { AVA_TEST_DIE_AT: String(call) }, preload);
  const end = await writer.ended;
  if (appended !== "") appendFileSync(log, appended);
  receive(log, 60);
  const text = readLogs(log);
  expect({ call, found: appended === "" || text.split(appended).length === 2 }).toEqual({ call, found: true });
  const { a, b, c = 0 } = checkLines(appended === "" ? text : text.replace(appended, ""));
  expect({ call, a, b, isComplete: c >= writer.acknowledged(), isClean: !existsSync(`${log}.spool`) }).toEqual({
    call,
    a: 8,
    b: 8,
    isComplete: true,
    isClean: true,
  });
  return end;
}
