import type { LogsAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { type LoadLog, LogWindow } from "./log-window.js";

/** A platform's log, whose parts are whole lines. */
function logOf(text: () => string): LoadLog {
  const lineStart = (at: number): number => text().lastIndexOf("\n", at - 1) + 1;
  return async ({ offset = 0, before, tail, limit = 65_536, lines }): Promise<LogsAnswer> => {
    const size = text().length;
    const start = before !== undefined ? before - limit : tail === undefined ? offset : size - tail * 10;
    const from = before === undefined && tail === undefined ? offset : start <= 0 ? 0 : text().indexOf("\n", start - 1) + 1;
    const end = before ?? (tail !== undefined || from + limit >= size ? size : lineStart(from + limit));
    const part = { offset: from, nextOffset: end, size, text: text().slice(from, end) };
    return lines === undefined ? part : { ...part, line: text().slice(0, from).split("\n").length };
  };
}

/** So many lines of ten bytes. */
function numbered(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `${String(i + 1).padStart(9, "0")}\n`).join("");
}

function expectWhole(window: LogWindow, text: string): void {
  const { lines, fromBytes, toBytes } = window.shown();
  const shown = lines.map(({ segments }) => segments.map((segment) => segment.text).join(""));
  expect(shown).toEqual(text.slice(fromBytes, toBytes).split("\n").slice(0, -1));
  expect(lines.map(({ offset }) => offset)).toEqual(shown.map((_, i) => fromBytes + i * 10));
}

test("a log is walked through from its end to its beginning and back, no line is missed, and it is never there as a whole", async () => {
  const text = numbered(30_000);
  const window = new LogWindow(logOf(() => text));
  await window.open(undefined);
  expect(window.shown().toBytes).toBe(text.length);
  await window.number();
  let steps = 0;
  for (; await window.readBefore(); steps++) {
    expectWhole(window, text);
    expect(window.shown().lines.length).toBeLessThan(7000);
  }
  expect(window.shown().fromBytes).toBe(0);
  expect(window.shown().lines[0]!.number).toBe(1);
  expect(steps).toBeLessThan(40);
  for (let last = -1; window.shown().toBytes < text.length; ) {
    await window.readAfter();
    expectWhole(window, text);
    expect(window.shown().toBytes).toBeGreaterThan(last);
    last = window.shown().toBytes;
  }
  expect(window.shown().lines.at(-1)!.number).toBe(30_000);
});

test("a place is shown with what stands around it, numbered", async () => {
  const text = numbered(30_000);
  const window = new LogWindow(logOf(() => text));
  await window.open(150_000);
  await window.number();
  expectWhole(window, text);
  const { fromBytes, toBytes, lines } = window.shown();
  expect(fromBytes).toBeLessThan(150_000);
  expect(toBytes).toBeGreaterThan(150_000);
  expect(lines.find(({ offset }) => offset === 150_000)!.number).toBe(15_001);
});

test("a log that grows is read on, a line that was not finished as well; after a jump of megabytes its end is there", async () => {
  let text = "one\ntwo";
  const window = new LogWindow(logOf(() => text));
  await window.open(undefined);
  text += "!\nthree\n";
  await window.readToEnd(text.length);
  expect(window.shown().lines.map(({ segments }) => segments[0]!.text)).toEqual(["one", "two!", "three"]);
  text += numbered(200_000);
  await window.readToEnd(text.length);
  expect(window.shown().toBytes).toBe(text.length);
  expect(window.shown().lines.length).toBeLessThan(5000);
});
