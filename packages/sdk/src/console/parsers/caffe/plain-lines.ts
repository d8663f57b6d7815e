import { numberAt, numberEnd } from "./byte-number.js";

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
}

const SPACE = 0x20;
const BRACKET = 0x5d;
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
  return bytes[start] === ITERATION[0] ? readIteration(bytes, start, end, into) : readOutput(bytes, start, end, into);
}

function readIteration(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  if (!isAt(ITERATION, bytes, start, end)) return false;
  let at = integerEnd(bytes, start + ITERATION.length, end);
  const step = numberAt(bytes, start + ITERATION.length, at);
  if (step === undefined) return false;
  if (bytes[at] === SPACE && bytes[at + 1] === 0x28) {
    at = indexBefore(0x29, bytes, at, end) + 1;
  }
  if (isAt(TESTING, bytes, at, end)) return readTesting(bytes, at + TESTING.length, end, step, into);
  const isLoss = isAt(LOSS, bytes, at, end);
  if (!isLoss && !isAt(RATE, bytes, at, end)) return false;
  const value = numberAt(bytes, at + (isLoss ? LOSS.length : RATE.length), end);
  if (value === undefined || numberEnd !== end) return false;
  into.kind = isLoss ? "loss" : "lr";
  into.number = step;
  into.value = value;
  return true;
}

function readTesting(bytes: Uint8Array, start: number, end: number, step: number, into: PlainLine): boolean {
  const net = numberAt(bytes, start, integerEnd(bytes, start, end));
  if (net === undefined || numberEnd !== end - 1 || bytes[numberEnd] !== 0x29) return false;
  into.kind = "testing";
  into.number = step;
  into.value = net;
  return true;
}

function readOutput(bytes: Uint8Array, start: number, end: number, into: PlainLine): boolean {
  const isTrain = isAt(TRAIN, bytes, start, end);
  if (!isTrain && !isAt(TEST, bytes, start, end)) return false;
  let at = start + (isTrain ? TRAIN.length : TEST.length);
  const colon = integerEnd(bytes, at, end);
  const output = numberAt(bytes, at, colon);
  if (output === undefined || bytes[colon] !== 0x3a || bytes[colon + 1] !== SPACE) return false;
  into.nameStart = colon + 2;
  at = into.nameStart;
  at = indexBefore(0x3d, bytes, at, end);
  into.nameEnd = at - 1;
  if (into.nameEnd <= into.nameStart || !isAt(IS, bytes, at - 1, end)) return false;
  const value = numberAt(bytes, at + 2, end);
  if (value === undefined || !(numberEnd === end || isWeight(bytes, numberEnd, end))) return false;
  into.kind = isTrain ? "train" : "test";
  into.number = output;
  into.value = value;
  return true;
}

/** ` (* 0.3 = 0.09 loss)` up to the end. */
function isWeight(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isAt(WEIGHT, bytes, start, end)) return false;
  if (numberAt(bytes, start + WEIGHT.length, end) === undefined) return false;
  if (!isAt(IS, bytes, numberEnd, end)) return false;
  if (numberAt(bytes, numberEnd + IS.length, end) === undefined) return false;
  return numberEnd + WEIGHT_END.length === end && isAt(WEIGHT_END, bytes, numberEnd, end);
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
