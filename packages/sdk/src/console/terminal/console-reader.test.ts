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

describe("lines", () => {
  it.each([
    ["nothing out of nothing", "", []],
    [
      "lines and their numbers",
      "a\nb\n\nc\n",
      [
        [1, "a"],
        [2, "b"],
        [3, ""],
        [4, "c"],
      ],
    ],
    [
      "a last line without an end",
      "a\nb",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    [
      "CRLF as one line end",
      "a\r\nb\r\n\r\n",
      [
        [1, "a"],
        [2, "b"],
        [3, ""],
      ],
    ],
    [
      "CRCRLF as one line end",
      "a\r\r\nb",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    ["tabs as they are", "a\tb\n", [[1, "a\tb"]]],
    ["no bells and no zeros", "a\u0007b\0c\n", [[1, "abc"]]],
  ] as [string, string, Told[]][])("gives %s", (_, input, expected) => {
    expect(readCut(input)).toEqual([expected]);
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
});

describe("rewritten lines", () => {
  it.each([
    [
      "a frame for every return",
      "10%\r20%\r30%\ndone\n",
      [
        [1, "10%"],
        [1, "20%"],
        [1, "30%"],
        [2, "done"],
      ],
    ],
    [
      "frames of an input of returns alone",
      "\ra\r\rb\r",
      [
        [1, "a"],
        [1, "b"],
      ],
    ],
    [
      "no rest of a longer frame",
      "loss 0.25\racc 1\n",
      [
        [1, "loss 0.25"],
        [1, "acc 1"],
      ],
    ],
    [
      "what stands before a taken-back end",
      "step 10\b\b20\n",
      [
        [1, "step 10"],
        [1, "step 20"],
      ],
    ],
    [
      "the last frame of a bar that backs over itself",
      "1/2 loss: 3\b\b\b\b\b\b\b\b\b\b\b\r2/2 loss: 4\n",
      [
        [1, "1/2 loss: 3"],
        [1, "2/2 loss: 4"],
      ],
    ],
    [
      "characters, not bytes, taken back",
      "aé\b\u4e2d\b!\n",
      [
        [1, "aé"],
        [1, "a\u4e2d"],
        [1, "a!"],
      ],
    ],
    ["nothing for backspaces at the start", "\b\b\ba\n", [[1, "a"]]],
    [
      "the line's own number after cursor up",
      "a\nb\n\u001b[2A\u001b[Jc\nd\n",
      [
        [1, "a"],
        [2, "b"],
        [3, "c"],
        [4, "d"],
      ],
    ],
    [
      "what follows a cursor movement apart",
      "left\u001b[1Gright\n",
      [
        [1, "left"],
        [1, "right"],
      ],
    ],
    [
      "cursor left as backspaces",
      "12\u001b[2D3\n",
      [
        [1, "12"],
        [1, "3"],
      ],
    ],
  ] as [string, string, Told[]][])("gives %s", (_, input, expected) => {
    expect(readCut(input)).toEqual([expected]);
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

describe("escape sequences", () => {
  it.each([
    ["colours", "\u001b[1m\u001b[38;5;196mred\u001b[0m loss\u001b[K\n", [[1, "red loss"]]],
    ["a title ended by BEL", "\u001b]0;my title\u0007text\n", [[1, "text"]]],
    ["a link ended by ST", "\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\n", [[1, "link"]]],
    ["a character set", "\u001b(Btext\u001b=\n", [[1, "text"]]],
    [
      "a title that never ends, up to its line's end",
      "\u001b]0;title\nloss 1\n",
      [
        [1, ""],
        [2, "loss 1"],
      ],
    ],
    ["a title that never ends, up to a return", "\u001b]0;title\rloss 1\n", [[1, "loss 1"]]],
    [
      "a sequence cut by a line end",
      "a\u001b[3\nb\u001b\nc\n",
      [
        [1, "a"],
        [2, "b"],
        [3, "c"],
      ],
    ],
    [
      "a sequence cut by a return",
      "a\u001b[3\rb\n",
      [
        [1, "a"],
        [1, "b"],
      ],
    ],
  ] as [string, string, Told[]][])("removes %s", (_, input, expected) => {
    expect(readCut(input)).toEqual([expected]);
  });
});

describe("UTF-8", () => {
  it("puts torn characters together and replaces invalid bytes", () => {
    expect(readCut("中文 ✓ 😀\n")).toEqual([[[1, "中文 ✓ 😀"]]]);
    const broken = Uint8Array.of(0x61, 0xff, 0x62, 0xe4, 0xb8, 0x0a, 0xc3);
    expect(readCut(broken)).toEqual([
      [
        [1, "a\ufffdb\ufffd"],
        [2, "\ufffd"],
      ],
    ]);
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

  it("tells the last frame after an overlong one", () => {
    expect(read(Buffer.concat([long, Buffer.from("\rloss 1\n")]), 50_000).at(-1)).toEqual([1, "loss 1"]);
  });

  it("keeps a line of exactly the limit", () => {
    expect(read("x".repeat(FRAME_BYTES))).toEqual(read(`${"x".repeat(FRAME_BYTES)}\n`));
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
