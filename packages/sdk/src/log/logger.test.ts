import { expect, test, vi } from "vitest";
import { LogHandler } from "./log-handler.js";
import { type LogRecord, lineFormatter } from "./log-record.js";
import { Logger } from "./logger.js";

class Memory extends LogHandler {
  lines: string[] = [];
  override emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

function newLogger(): { logger: Logger; memory: Memory } {
  const logger = new Logger();
  const memory = new Memory();
  memory.setFormatter({ format: ({ level, message }) => `${level}: ${message}` });
  logger.addHandler(memory);
  return { logger, memory };
}

test("arguments are put into the message as printf does; errors come with their stack", () => {
  const { logger, memory } = newLogger();
  logger.info("Started %s, %d %% of %j", "proc", 5, { a: 1 });
  logger.warn("100% done");
  logger.info("more", 1, true);
  logger.error(new Error("out of memory"));
  logger.debug({ lr: 0.1 });
  expect(memory.lines.slice(0, 3)).toEqual(['info: Started proc, 5 % of {"a":1}', "warn: 100% done", "info: more 1 true"]);
  expect(memory.lines[3]).toMatch(/^error: Error: out of memory\n {4}at .*logger\.test\.ts/);
  expect(memory.lines[4]).toBe("debug: { lr: 0.1 }");
});

test("a value that cannot be shown does not reach the caller as an exception", () => {
  const { logger, memory } = newLogger();
  const bad = {
    [Symbol.for("nodejs.util.inspect.custom")]() {
      throw new Error("no");
    },
  };
  logger.info("value %o", bad);
  logger.info(bad);
  expect(memory.lines).toEqual([
    "info: value %o (the values of this message cannot be shown)",
    "info: object (the values of this message cannot be shown)",
  ]);
});

test("a line has local time, level and pid; that of a distributed worker begins with its number", () => {
  const timeMs = new Date(2018, 5, 13, 10, 21, 25, 756).getTime();
  const record: LogRecord = { level: "warn", message: "slow", timeMs, pid: 4711 };
  expect(lineFormatter.format(record)).toBe("2018-06-13 10:21:25,756 WARNING [4711] slow");
  expect(lineFormatter.format({ ...record, timeMs: timeMs + 250, node: 3 })).toBe("Node[3] 2018-06-13 10:21:26,006 WARNING [4711] slow");
  expect(lineFormatter.format({ ...record, timeMs: timeMs + 0.9, node: "a" })).toContain("Node[a] 2018-06-13 10:21:25,756");
});

test("a handler passes records of its level and above that all its filters let pass", () => {
  const { logger, memory } = newLogger();
  const noSecrets = { filter: ({ message }: LogRecord) => !message.includes("secret") };
  const short = ({ message }: LogRecord) => message.length < 10;
  memory.setLevel("info");
  memory.addFilter(noSecrets);
  memory.addFilter(noSecrets);
  memory.addFilter(short);
  logger.debug("a");
  logger.info("b");
  logger.error("secret");
  logger.error("much too long");
  memory.removeFilter(noSecrets);
  logger.error("secret");
  expect(memory.lines).toEqual(["info: b", "error: secret"]);
  expect(memory.level).toBe("info");
  expect(() => memory.setLevel("loud" as "info")).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
});

test("handle says whether the record passed", () => {
  const { memory } = newLogger();
  const record: LogRecord = { level: "info", message: "x", timeMs: 0, pid: 1 };
  expect(memory.handle(record)).toBe(true);
  memory.addFilter(() => false);
  expect([memory.handle(record), memory.filter(record)]).toEqual([false, false]);
});

test("errors of filters, formatters and handlers go to handleError, never to the caller", () => {
  const { logger, memory } = newLogger();
  const errors: unknown[] = [];
  memory.handleError = (record, error) => {
    errors.push([record?.message, (error as Error).message]);
    throw new Error("handleError itself fails");
  };
  memory.setFormatter({
    format: () => {
      throw new Error("no format");
    },
  });
  logger.info("one");
  memory.addFilter(() => {
    throw new Error("no filter");
  });
  logger.info("two");
  expect(errors).toEqual([
    ["one", "no format"],
    ["two", "no filter"],
  ]);
});

test("handleError warns once", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const memory = new Memory();
  memory.setName("mine");
  memory.handleError(undefined, new Error("disk full"));
  memory.handleError(undefined, new Error("disk full"));
  expect(warn.mock.calls.map(([message]) => message)).toEqual(["log handler mine failed: disk full; the program goes on."]);
  expect([memory.getName(), memory.name]).toEqual(["mine", "mine"]);
});

test("without handlers, warnings and errors go to stderr and nothing goes to stdout", () => {
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const logger = new Logger();
    logger.info("quiet");
    logger.warn("loud");
    expect(stderr.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(/WARNING \[\d+\] loud\n$/)]);
    expect(stdout).not.toHaveBeenCalled();
  } finally {
    vi.restoreAllMocks();
  }
});
