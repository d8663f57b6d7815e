import { expect, test } from "vitest";
import { Tail } from "./tail.js";

test("the end of a stream is kept, whatever pieces it comes in, and its memory is bounded", () => {
  for (const pieceBytes of [1, 7, 4096, 300_000]) {
    const tail = new Tail();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, line) => `line ${line}\n`).join(""));
    for (let at = 0; at < bytes.length; at += pieceBytes) tail.add(bytes.subarray(at, at + pieceBytes));
    const lines = tail.lines();
    expect({ pieceBytes, last: lines.at(-1) }).toEqual({ pieceBytes, last: "line 99999" });
    // The first one may be cut.
    expect(lines.slice(1)).toEqual(Array.from({ length: lines.length - 1 }, (_, index) => `line ${100_001 - lines.length + index}`));
    expect(lines.join("\n").length).toBeLessThanOrEqual(65_536);
    expect(lines.join("\n").length).toBeGreaterThan(65_000);
  }
});

test("a stream of as many bytes as are kept is whole, one of none has no lines", () => {
  const tail = new Tail();
  expect(tail.lines()).toEqual([]);
  tail.add(Buffer.alloc(65_536, `${"x".repeat(63)}\n`));
  expect(tail.lines()).toEqual(Array.from({ length: 1024 }, () => "x".repeat(63)));
});

test("its lines are those that a terminal shows", () => {
  const tail = new Tail();
  tail.add(Buffer.from("10%\r100%\n\u001b[31mTraceback\u001b[0m\nno newline"));
  expect(tail.lines().slice(-2)).toEqual(["Traceback", "no newline"]);
});
