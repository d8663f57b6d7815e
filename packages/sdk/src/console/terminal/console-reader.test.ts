import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { ConsoleReader } from "./console-reader.js";
import { FRAME_BYTES } from "./terminal-line.js";

type Told = [line: number, text: string];

function read(input: string | Uint8Array, chunkBytes = Number.POSITIVE_INFINITY): Told[] {
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const told: Told[] = [];
  const reader = new ConsoleReader((text, line) => told.push([line, text]));
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.write(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return told;
}

/** What comes out whole, byte by byte and cut in two at every place: one thing, if where it is cut does not matter. */
function readCut(input: string | Uint8Array): Told[][] {
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const results = new Set([read(bytes), read(bytes, 1)].map((told) => JSON.stringify(told)));
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const told: Told[] = [];
    const reader = new ConsoleReader((text, line) => told.push([line, text]));
    reader.write(bytes.subarray(0, cut));
    reader.write(new Uint8Array(0));
    reader.write(bytes.subarray(cut));
    reader.end();
    results.add(JSON.stringify(told));
  }
  return [...results].map((told) => JSON.parse(told) as Told[]);
}

type Parts = string | (string | [text: string, times: number])[];
type Vector = { gives: string; input: Parts | { hex: string }; texts: [line: number, text: Parts][] };

const vectors = JSON.parse(readFileSync(new URL("../../../../../tests/vectors/console-text.json", import.meta.url), "utf8")) as Vector[];

function textOf(parts: Parts): string {
  if (typeof parts === "string") return parts;
  return parts.map((part) => (typeof part === "string" ? part : part[0].repeat(part[1]))).join("");
}

describe("lines and frames", () => {
  it.each(vectors)("gives $gives", ({ input, texts }) => {
    const bytes = typeof input === "object" && "hex" in input ? Buffer.from(input.hex, "hex") : Buffer.from(textOf(input));
    const told = bytes.length < 1000 ? readCut(bytes) : [read(bytes), read(bytes, 1000)];
    for (const one of told) expect(one).toEqual(texts.map(([line, text]) => [line, textOf(text)]));
  });

  it("asks for the bytes of plain whole lines only", () => {
    const asked: string[] = [];
    const told: Told[] = [];
    const reader = new ConsoleReader(
      (text, line) => told.push([line, text]),
      (bytes, start, end, line) => {
        asked.push(`${line} ${Buffer.from(bytes.subarray(start, end)).toString()}`);
        return line === 4;
      },
    );
    reader.write(Buffer.from("one\r\ntwo\rfoo\nthree\nfour\nfi"));
    reader.write(Buffer.from("ve\nsix\n"));
    expect(asked).toEqual(["1 one", "3 three", "4 four", "6 six"]);
    expect(told).toEqual([
      [2, "two"],
      [2, "foo"],
      [4, "four"],
      [5, "five"],
    ]);
  });

  it("tells a frame when its return has come, never half of one", () => {
    const told: string[] = [];
    const reader = new ConsoleReader((text) => told.push(text));
    reader.write(Buffer.from("loss 0.1"));
    expect(told).toEqual([]);
    reader.write(Buffer.from("25\rloss"));
    expect(told).toEqual(["loss 0.125"]);
  });
});

describe("long lines", () => {
  const long = Buffer.alloc(10_000_000, "word ");

  it.each([65_536, 1_000_000, 10_000_000])("cuts 10 MB at a blank, counts it and goes on, in chunks of %i bytes", (chunkBytes) => {
    const told: Told[] = [];
    const reader = new ConsoleReader((text, line) => told.push([line, text]));
    for (let at = 0; at < long.length; at += chunkBytes) reader.write(long.subarray(at, at + chunkBytes));
    reader.write(Buffer.from("\nnext\n"));
    expect(told.map(([line]) => line)).toEqual([1, 2]);
    expect(told[0]?.[1].length).toBeLessThanOrEqual(FRAME_BYTES);
    expect(told[0]?.[1].endsWith("word")).toBe(true);
    expect(told[1]).toEqual([2, "next"]);
    expect(reader.truncatedFrames).toBe(1);
  });
});

it("tells the same however random bytes are cut", () => {
  const parts = [
    "a",
    "0.5",
    " ",
    "\r",
    "\n",
    "\r\n",
    "\b",
    "\b\b\b",
    "\u001b",
    "[",
    "3",
    "m",
    "A",
    "D",
    "]0;",
    "\u0007",
    "\\",
    "é",
    "\u001b[1m",
    "\0",
  ];
  const firstSeed = seedOfTest();
  for (let seed = firstSeed; seed < firstSeed + 300; seed += 1) {
    const { below, chance, pick } = randomOf(seed);
    const pieces = Array.from({ length: 120 }, () => (chance(0.1) ? Buffer.of(below(256)) : Buffer.from(pick(parts))));
    const bytes = Buffer.concat(pieces);
    const whole = read(bytes);
    expect(read(bytes, 1), `seed ${seed}`).toEqual(whole);
    expect(read(bytes, 1 + below(20)), `seed ${seed}`).toEqual(whole);
  }
});
