import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryPath } from "./paths.js";

/** @returns path of a log in a folder of its own */
export function newLog(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), "ava-log-test-")), "run.log");
}

/** A process that writes numbered lines. */
export interface LogWriter {
  child: ChildProcess;
  /** Number of the last line that was surely logged: its call had returned. */
  acknowledged(): number;
  /** Its exit code or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a program of tests/programs that acknowledges lines on stdout. @param program - file name @param args - its arguments @param env - added to ours */
export function startLogWriter(
  program: string,
  args: readonly (string | number)[],
  env: Record<string, string> = {},
  nodeArgs: string[] = [],
): LogWriter {
  const child = spawn(process.execPath, [...nodeArgs, repositoryPath(`tests/programs/${program}`), ...args.map(String)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let tail = "";
  let acknowledged = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (tail + chunk).split("\n");
    tail = lines.pop() as string;
    if (lines.length > 0) acknowledged = Number(lines.at(-1));
  });
  return { child, acknowledged: () => acknowledged, ended: once(child, "close").then(() => child.signalCode ?? child.exitCode) };
}

/** @param log - path @returns the text of the log with all its older pieces, oldest first */
export function readLogs(log: string): string {
  let text = existsSync(log) ? readFileSync(log, "utf8") : "";
  for (let age = 1; existsSync(`${log}.${age}`); age++) text = readFileSync(`${log}.${age}`, "utf8") + text;
  return text;
}

/**
 * Checks the lines of `log-lines.mjs` and its like: each whole, those of a writer in order, once, with none missing, and pairs together.
 *
 * @param text - of the log
 * @returns the last line's number of every writer
 */
export function checkLines(text: string): Record<string, number> {
  const last: Record<string, number> = {};
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the log does not end with a line feed");
  for (let index = 0; index < lines.length; index++) {
    const [, writer = "", number, kind] = /^(\w+) (\d+) (\.|two)$/.exec(lines[index] as string) ?? [];
    const expected = (last[writer] ?? 0) + 1;
    if (Number(number) !== expected) throw new Error(`line ${index} is "${lines[index]}", not number ${expected} of its writer`);
    if (kind === "two" && lines[++index] !== `${writer} ${number} lines`)
      throw new Error(`line ${index} is "${lines[index]}", torn from the one before`);
    last[writer] = expected;
  }
  return last;
}
