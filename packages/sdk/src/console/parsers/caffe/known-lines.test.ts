import { expect, it } from "vitest";
import { ChunkWords, wordsOf } from "./chunk-words.js";
import { KnownLines } from "./known-lines.js";
import { NextByte } from "./next-byte.js";

it("compares every byte, however the length fits the words", () => {
  const words = new ChunkWords();
  for (let length = 8; length <= 26; length += 1) {
    const bytes = Buffer.from("abcdefghijklmnopqrstuvwxyz".slice(0, length));
    const remembered = wordsOf(bytes);
    expect(words.areAt(Buffer.from(`--${bytes}--`), 2, remembered, length)).toBe(true);
    for (let at = 0; at < length; at += 1) {
      const other = Buffer.from(bytes);
      other[at] = 0x2d;
      expect([length, at, words.areAt(other, 0, remembered, length)]).toEqual([length, at, false]);
    }
  }
});

it("knows the lines that came after the last one the two times before, and no others", () => {
  const lines = new KnownLines(new ChunkWords());
  const chunk = Buffer.from("display 1;the test 2;display 1;other thing;display");
  const find = (at: number) => lines.find(chunk, at, chunk.length);
  const learn = (at: number, end: number) => lines.learn(chunk, at, end, undefined);
  expect(find(0)).toBeUndefined();
  learn(0, 8);
  learn(10, 19);
  learn(21, 29);
  expect(find(10)?.length).toBe(9);
  learn(31, 42);
  learn(0, 8);
  for (const at of [10, 31]) expect(find(at)).toBeDefined();
  for (const at of [0, 21, 32, 43]) expect(find(at)).toBeUndefined();
});

it("finds bytes in chunks one after the other", () => {
  const chunks = [Buffer.from("a]b]]"), Buffer.from("]x"), Buffer.from("none")];
  const next = new NextByte(0x5d);
  const all = chunks.map((chunk) => Array.from(chunk, (_, from) => next.at(chunk, from)));
  expect(all).toEqual([
    [1, 1, 3, 3, 4],
    [0, 2],
    [4, 4, 4, 4],
  ]);
  expect(next.at(chunks[0] as Buffer, 2)).toBe(3);
  expect(next.at(chunks[0] as Buffer, 0)).toBe(1);
});
