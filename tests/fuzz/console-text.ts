import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";

const FIXTURES = new URL("../../packages/sdk/src/console/parsers/", import.meta.url);
/** The corpus of console output lies beside the checkout, and not everywhere. */
const CORPUS = new URL("../../../shared/data/console/", import.meta.url);

/** Bytes that a terminal, a pipe or a broken program puts between others. */
const DISTURBANCES: readonly Buffer[] = [
  "\r",
  "\n",
  "\r\n",
  "\b",
  "\b\b\b",
  "\0",
  "\u0007",
  "\u001b[A",
  "\u001b[1A\u001b[2K",
  "\u001b[31m",
  "\u001b[0m",
  "\u001b]0;title\u0007",
  "\u001b[3D",
  "\u001b",
  "[default1]:",
  "[1,0]<stdout>:",
  "#011",
  "2024-05-06 07:08:09,123 INFO ",
  "  File \"a.py\", line 3, in loss\n",
  "\t",
  "|",
  ",",
  "  ",
  "nan",
  "-inf",
  "1.#QNAN",
  "1e400",
  "9".repeat(400),
  "1,234.5",
  "0,5",
  "1.234,5",
  ";",
  "：",
  "，",
  "第",
  " 轮",
  "损失",
  "０.５",
  "rank=3 ",
  "[1.5, 0.5, 100, 0.001]\n",
  "é█",
  "𝟘",
].map((text) => Buffer.from(text)).concat(Buffer.of(0xff), Buffer.of(0xe2, 0x96), Buffer.of(0x80, 0xc0)); // biome-ignore format: a list

/** Output of trainers: fixtures of the parsers, and the corpus where it is. */
export const trainerOutput: readonly Buffer[] = [FIXTURES, CORPUS]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(?:txt|log)$/.test(file))
      .toSorted()
      .map((file) => readFileSync(new URL(file, folder))),
  );

/** A change of a text at a place, which is a share of its length. */
type Change = { at: number } & (
  | { kind: "insert"; bytes: Buffer }
  | { kind: "drop"; length: number }
  | { kind: "digits"; by: number; length: number }
  | { kind: "byte"; byte: number }
  | { kind: "repeat"; length: number; times: number }
);

const place = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 300 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: place, bytes: fc.constantFrom(...DISTURBANCES) }),
  fc.record({ kind: fc.constant("drop" as const), at: place, length }),
  fc.record({
    kind: fc.constant("digits" as const),
    at: place,
    by: fc.integer({ min: 1, max: 9 }),
    length: fc.integer({ min: 1, max: 3000 }),
  }),
  fc.record({ kind: fc.constant("byte" as const), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("repeat" as const), at: place, length, times: fc.integer({ min: 1, max: 20 }) }),
);

/** Pieces of the output of one to three trainers, changed at many places. */
export const hostileOutput: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.array(fc.record({ file: fc.nat(trainerOutput.length - 1), from: place, length: fc.integer({ min: 50, max: 3000 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(change, { maxLength: 25 }),
  )
  .map(([pieces, changes]) => {
    const texts = pieces.map(({ file, from, length: bytes }) => {
      const whole = trainerOutput[file] as Buffer;
      const start = Math.floor(from * whole.length);
      return whole.subarray(start, start + bytes);
    });
    // Twice: what was learned of the first is used for the second.
    const text = Buffer.concat([...texts, Buffer.from("\n"), ...texts]);
    return changes.reduce(changed, text);
  });

function changed(text: Buffer, { at: share, ...what }: Change): Buffer {
  const at = Math.floor(share * text.length);
  const replaced = (end: number, ...middle: readonly Uint8Array[]) => Buffer.concat([text.subarray(0, at), ...middle, text.subarray(end)]);
  switch (what.kind) {
    case "insert":
      return replaced(at, what.bytes);
    case "drop":
      return replaced(at + what.length);
    case "byte":
      return replaced(at + 1, Buffer.of(what.byte));
    case "repeat":
      return replaced(at, ...Array.from({ length: what.times }, () => text.subarray(at, at + what.length)));
    case "digits":
      return replaced(
        at + what.length,
        text.subarray(at, at + what.length).map((byte) => digitBy(byte, what.by)),
      );
    // No default
  }
}

function digitBy(byte: number, by: number): number {
  return byte >= 0x30 && byte <= 0x39 ? 0x30 + ((byte - 0x30 + by) % 10) : byte;
}
