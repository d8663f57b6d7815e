import { expect, test } from "vitest";
import { Terminal } from "./terminal.js";

function shown(...pieces: string[]): string[] {
  const terminal = new Terminal(1000);
  for (const piece of pieces) terminal.feed(piece);
  return terminal.lines().map((line) => line.segments.map((segment) => segment.text).join(""));
}

test.each<[string, string[], string[]]>([
  ["plain lines", ["a\nb\n"], ["a", "b"]],
  ["a last line without an end", ["a\nb"], ["a", "b"]],
  ["empty lines in between", ["a\n\nb\n"], ["a", "", "b"]],
  ["CRLF, also cut in half", ["a\r", "\nb\r\n"], ["a", "b"]],
  ["a progress bar as its newest state", ["10%\r50%\r100%\nnext\n"], ["100%", "next"]],
  ["the rest of a longer line that was not overwritten", ["abcdef\rXY"], ["XYcdef"]],
  ["erasing to the end of the line", ["abcdef\rXY\x1b[K"], ["XY"]],
  ["erasing the whole line", ["abc\x1b[2K\rx"], ["x"]],
  ["backspaces", ["abc\b\bX"], ["aXc"]],
  ["two bars with the cursor going up", ["one 1%\ntwo 1%\x1b[A\rone 9%\n\rtwo 9%\n"], ["one 9%", "two 9%"]],
  ["a sequence cut anywhere", ["a\x1b", "[3", "1mred\x1b[0", "m."], ["ared."]],
  ["titles and other sequences left out", ["\x1b]0;title\x07a\x1b[?25lb\x1b(Bc"], ["abc"]],
  ["tabs", ["a\tb"], ["a       b"]],
  ["signs beyond the first plane", ["进度 😀 ok\n"], ["进度 😀 ok"]],
  ["nothing", [""], []],
])("shows %s", (_what, pieces, lines) => {
  expect(shown(...pieces)).toEqual(lines);
});

test("colours and weights become styles and end where they end", () => {
  const terminal = new Terminal(10);
  terminal.feed("\x1b[1;31mbad\x1b[0m ok \x1b[38;5;46mgreen\x1b[39m");
  expect(terminal.lines()[0]!.segments).toEqual([
    { text: "bad", style: "ansi-bold ansi-1" },
    { text: " ok ", style: "" },
    { text: "green", style: "ansi-2" },
  ]);
});

test("the newest lines are kept, the others counted, and ids stay with their lines", () => {
  const terminal = new Terminal(100);
  for (let i = 0; i < 250; i++) terminal.feed(`line ${i}\n`);
  const lines = terminal.lines();
  expect(lines.length).toBe(99);
  expect(lines.at(-1)!.segments[0]!.text).toBe("line 249");
  expect(lines.at(-1)!.id).toBe(249);
  expect(terminal.droppedLines).toBe(151);
});

test("a line that did not change keeps its segments, so it is not drawn again", () => {
  const terminal = new Terminal(100);
  terminal.feed("a\nb");
  const before = terminal.lines();
  terminal.feed("c");
  const after = terminal.lines();
  expect(after[0]!.segments).toBe(before[0]!.segments);
  expect(after[1]!.segments).not.toBe(before[1]!.segments);
});

test("a line without an end is cut into rows, not kept whole", () => {
  expect(shown("x".repeat(9000)).map((line) => line.length)).toEqual([4000, 4000, 1000]);
});

test("each line knows its first byte and how many lines ended before it, whatever was cut or overwritten", () => {
  const text = "\x1b[31m进度\x1b[0m\nab\r\n 1%\r 2%\r 3%\n\nend";
  for (const cut of [0, 3, 7, 9, 15, 24]) {
    const terminal = new Terminal(100, 1000);
    terminal.feed(text.slice(0, cut));
    terminal.feed(text.slice(cut));
    const bytes = Buffer.from(text);
    const found = terminal.lines().map(({ offset, line }) => [
      bytes
        .subarray(offset - 1000)
        .toString()
        .slice(0, 3),
      line,
    ]);
    expect(found).toEqual([
      ["\x1b[3", 0],
      ["ab\r", 1],
      [" 1%", 2],
      ["\nen", 3],
      ["end", 4],
    ]);
  }
});
