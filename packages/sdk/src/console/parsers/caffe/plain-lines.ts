import { numberAt, numberRead } from "./byte-number.js";

/** What a plain line says, before it is known where it belongs. Reused from line to line: copy what is to be kept. */
export interface PlainLine {
  kind: "loss" | "lr" | "testing" | "train" | "test";
  /** Iteration of `loss`, `lr` and `testing`, output number of `train` and `test`. */
  number: number;
  /** What was printed; the number of the net for `testing`. */
  value: number;
  /** Where the name of an output stands. */
  nameStart: number;
  nameEnd: number;
  /** Where the number or value begins: all before it comes again in the next line of this kind and output. */
  numberStart: number;
}

const SPACE = 0x20;
const BRACKET = 0x5d;
const OPEN = 0x28;
const ITERATION = Buffer.from("Iteration ");
const TRAIN = Buffer.from("Train net output #");
const TEST = Buffer.from("Test net output #");
const LOSS = Buffer.from(", loss = ");
const RATE = Buffer.from(", lr = ");
const TESTING = Buffer.from(", Testing net (#");
const IS = Buffer.from(" = ");
const WEIGHT = Buffer.from(" (* ");
const WEIGHT_END = Buffer.from(" loss)");

/**
 * Reads the lines that make up nearly all of a log's metrics from their bytes: `Iteration 100 (...), loss = 0.5`, `Iteration 100, lr = 0.5`,
 * `Iteration 100, Testing net (#0)`, `Train net output #0: loss = 0.5 (* 1 = 0.5 loss)`, and nothing but these, to the last byte. It understands nothing that the regexes
 * of the parser would read otherwise; it is there because decoding and matching a line take several times as long.
 *
 * @param bytes - a chunk of output
 * @param start - where the message starts, prefix and indentation skipped
 * @param end - index after the line's last byte
 * @param into - what was read
 * @returns whether it was such a line
 */
export function readPlainLine(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  if (!isAt(ITERATION, bytes, start, end)) return readOutput(bytes, start, end, into);
  into.numberStart = start + ITERATION.length;
  return readIteration(bytes, into.numberStart, end, into);
}

/**
 * Reads the rest of a line that begins with `Iteration `; parameters as of {@link readPlainLine}.
 *
 * @param start - where the iteration stands
 */
export function readIteration(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  let at = start;
  let step = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    step = step * 10 + digit;
  }
  if (at === start || at > start + 15) return false;
  if (bytes[at] === SPACE && bytes[at + 1] === OPEN) {
    at = indexBefore(0x29, bytes, at, end) + 1;
  }
  const isLoss = isAt(LOSS, bytes, at, end);
  if (!isLoss && !isAt(RATE, bytes, at, end)) return readTesting(bytes, at, end, step, into);
  if (numberAt(bytes, at + (isLoss ? LOSS.length : RATE.length), end) !== end) return false;
  into.kind = isLoss ? "loss" : "lr";
  into.number = step;
  into.value = numberRead[0] as number;
  return true;
}

function readTesting(bytes: Uint8Array, start: number, end: number, step: number, into: PlainLine): boolean {
  if (!isAt(TESTING, bytes, start, end)) return false;
  const at = numberAt(bytes, start + TESTING.length, end);
  if (at !== end - 1 || bytes[at] !== 0x29) return false;
  into.kind = "testing";
  into.number = step;
  into.value = numberRead[0] as number;
  return true;
}

function readOutput(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  const isTrain = isAt(TRAIN, bytes, start, end);
  if (!isTrain && !isAt(TEST, bytes, start, end)) return false;
  const at = start + (isTrain ? TRAIN.length : TEST.length);
  const colon = numberAt(bytes, at, integerEnd(bytes, at, end));
  if (colon < 0 || bytes[colon] !== 0x3a || bytes[colon + 1] !== SPACE) return false;
  into.kind = isTrain ? "train" : "test";
  into.number = numberRead[0] as number;
  into.nameStart = colon + 2;
  into.nameEnd = indexBefore(0x3d, bytes, into.nameStart, end) - 1;
  if (into.nameEnd <= into.nameStart || !isAt(IS, bytes, into.nameEnd, end)) return false;
  into.numberStart = into.nameEnd + IS.length;
  return readOutputValue(bytes, into.numberStart, end, into);
}

/**
 * Reads the rest of the line of an output; parameters as of {@link readPlainLine}.
 *
 * @param start - where the value stands
 */
export function readOutputValue(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  const at = numberAt(bytes, start, end);
  into.value = numberRead[0] as number;
  return at === end || (at > 0 && isWeight(bytes, at, end));
}

/** ` (* 0.3 = 0.09 loss)` up to the end. What stands in the brackets is not looked at: only that no second message or loss is in it. */
function isWeight(bytes: Uint8Array, start: number, end: number): boolean {
  const last = end - WEIGHT_END.length;
  if (!isAt(WEIGHT, bytes, start, last) || !isAt(WEIGHT_END, bytes, last, end)) return false;
  for (let at = start + WEIGHT.length; at < last; at += 1) if (bytes[at] === BRACKET || bytes[at] === OPEN) return false;
  return true;
}

/** Where a byte is, or the end of the line; the end as well if a `]` comes before, which may be that of a second message's prefix. */
function indexBefore(wanted: number, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === wanted) return at;
    if (bytes[at] === BRACKET) return end;
  }
  return end;
}

function integerEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at += 1;
  return at;
}

function isAt(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (start + expected.length > end) return false;
  for (let index = 0; index < expected.length; index += 1) if (bytes[start + index] !== expected[index]) return false;
  return true;
}
