import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Logger } from "./logger.js";
import { MultiProcessingLogHandler } from "./multi-processing-log-handler.js";

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), "ava-log-")), "run.log");
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

test("a sparse line is in the log when the call returns; flush brings the rest", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  handler.send("one");
  handler.send("two\n");
  handler.flush();
  expect(read(file)).toBe("one\ntwo\n");
  handler.close();
  expect(readdirSync(join(file, ".."))).toEqual(["run.log"]);
});

test("a line that is not flushed gets into the log by itself", async () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  for (let index = 0; index < 3; index++) handler.send(`line ${index}`);
  await vi.waitFor(() => expect(read(file)).toBe("line 0\nline 1\nline 2\n"), { timeout: 10_000 });
  handler.close();
});

test("rotated logs sort by age, stay below the limit, and only what is beyond the last is dropped", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "w", 30, 3);
  for (let index = 0; index < 20; index++) handler.send(`line ${String(index).padStart(4, "0")}`);
  handler.close();
  expect(readdirSync(join(file, "..")).toSorted()).toEqual(["run.log", "run.log.1", "run.log.2", "run.log.3"]);
  expect(read(file)).toBe("line 0018\nline 0019\n");
  expect(read(`${file}.1`)).toBe("line 0015\nline 0016\nline 0017\n");
  expect(read(`${file}.3`)).toBe("line 0009\nline 0010\nline 0011\n");
});

test("a record longer than the limit gets a log of its own, whole", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "w", 30, 5);
  const long = "x".repeat(3_000_000);
  for (const text of ["a", long, "b"]) handler.send(text);
  handler.close();
  expect([read(`${file}.2`), read(`${file}.1`) === `${long}\n`, read(file)]).toEqual(["a\n", true, "b\n"]);
});

test("the lines of a message stay together among those of other writers", () => {
  const file = newFile();
  const handlers = [1, 2, 3].map(() => new MultiProcessingLogHandler(file, "a"));
  for (let round = 0; round < 50; round++) {
    for (const [index, handler] of handlers.entries()) handler.send(`w${index} first ${round}\nw${index} second ${round}`);
  }
  for (const handler of handlers) handler.close();
  expect(read(file)).toMatch(/^(w(\d) first (\d+)\nw\2 second \3\n){150}$/);
});

test("mode w empties the log for the first writer of a run, not for one that joins", () => {
  const file = newFile();
  writeFileSync(file, "run before\n");
  const first = new MultiProcessingLogHandler(file);
  first.send("one");
  const second = new MultiProcessingLogHandler(file);
  second.send("two");
  first.close();
  const third = new MultiProcessingLogHandler(file);
  third.close();
  second.close();
  expect(read(file)).toBe("one\ntwo\n");
  new MultiProcessingLogHandler(file).close();
  expect(read(file)).toBe("");
});

test("mode w with rotation keeps the log, as Python does, and so does mode a", () => {
  const file = newFile();
  writeFileSync(file, "run before\n");
  new MultiProcessingLogHandler(file, "w", 1000).close();
  new MultiProcessingLogHandler(file, "a").close();
  expect(read(file)).toBe("run before\n");
});

test("lines that others append, and a log that others remove, do no harm", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  handler.send("one");
  handler.flush();
  appendFileSync(file, "note by hand\n");
  handler.send("two");
  handler.flush();
  expect(read(file)).toBe("one\nnote by hand\ntwo\n");
  rmSync(file);
  handler.send("three");
  handler.close();
  expect(read(file)).toBe("three\n");
});

test("a folder that cannot be written costs one warning; when it can, the log goes on and says what was dropped", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const now = vi.spyOn(Date, "now");
  const file = newFile();
  const folder = join(file, "..");
  rmdirSync(folder);
  writeFileSync(folder, "in the way");
  const logger = new Logger();
  logger.addHandler(new MultiProcessingLogHandler(file, "a"));
  for (let index = 0; index < 3; index++) logger.info("lost");
  expect(warn.mock.calls.map(([message]) => message)).toEqual([expect.stringMatching(/^log lines cannot be written to .*run\.log: E/)]);
  rmSync(folder);
  mkdirSync(folder);
  now.mockReturnValue(Date.now() + 2000);
  logger.info("found");
  now.mockRestore();
  logger.close();
  expect(read(file)).toMatch(/INFO \[\d+\] found\n.*WARNING \[\d+\] 3 log records were dropped: E/);
});

test("a log that cannot be opened keeps its lines in the spool until it can", () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const file = newFile();
  mkdirSync(file);
  const handler = new MultiProcessingLogHandler(file, "a");
  handler.send("one");
  handler.flush();
  rmdirSync(file);
  handler.close();
  expect(read(file)).toBe("one\n");
});

test("while the lock is acquired the log does not change; lines wait", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  const other = new MultiProcessingLogHandler(file, "a");
  handler.createLock();
  expect(handler.acquire()).toBe(true);
  other.send("one");
  handler.send("two");
  expect(existsSync(file)).toBe(false);
  handler.release();
  expect(other.receive()).toBe(2);
  expect(read(file).split("\n").toSorted()).toEqual(["", "one", "two"]);
  handler.close();
  other.close();
});

test("what is sent after close is refused, to handleError", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  const errors: unknown[] = [];
  handler.handleError = (_record, error) => void errors.push(error);
  handler.close();
  handler.close();
  handler.send("late");
  expect(errors).toEqual([expect.objectContaining({ message: "the handler is closed" })]);
  expect(existsSync(file)).toBe(false);
});

test("wrong modes and sizes are refused with what is wrong", () => {
  const file = newFile();
  for (const args of [["r"], ["w", -1], ["w", 1.5], ["w", 1, -2], ["w", Number.NaN]] as unknown as ["w", number][]) {
    expect(() => new MultiProcessingLogHandler(file, ...args)).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
  }
});

test("text of any kind goes through unchanged", () => {
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  const texts = ["", "损失 0.3 🎉", "\u0000\r\t", "a\n\nb", "y".repeat(70_000)];
  for (const text of texts) handler.send(text);
  handler.close();
  expect(read(file)).toBe(texts.map((text) => `${text}\n`).join(""));
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test("a writer that has nothing in the spool just now is not disturbed when another removes it", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  warn.mockClear();
  const file = newFile();
  const handler = new MultiProcessingLogHandler(file, "a");
  const other = new MultiProcessingLogHandler(file, "a");
  // So much fills a part, and the next one starts with the next line.
  handler.send("x".repeat(5_000_000));
  other.close();
  expect(existsSync(`${file}.spool`)).toBe(false);
  expect(handler.receive()).toBe(0);
  handler.send("one");
  handler.close();
  expect(warn).not.toHaveBeenCalled();
  expect(read(file).slice(-6)).toBe("x\none\n");
});

test("a log that is a device is never put aside", ({ skip }) => {
  const file = newFile();
  // A node of our own, never one of the machine's.
  if (spawnSync("mknod", [file, "c", "1", "3"]).status !== 0) return skip("device nodes cannot be made here");
  const handler = new MultiProcessingLogHandler(file, "w", 100, 3);
  for (let line = 0; line < 50; line++) handler.send("a line of some length");
  handler.close();
  expect(statSync(file).isCharacterDevice()).toBe(true);
});
