import { numberAt, numberRead } from "../byte-number.js";

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
const OPEN = 0x28;
const CLOSE = 0x29;
const EQUALS = 0x3d;
const ITERATION = Buffer.from("Iteration ");
const TRAIN = Buffer.from("Train net output #");
const TEST = Buffer.from("Test net output #");
const LOSS = Buffer.from(", loss = ");
const RATE = Buffer.from(", lr = ");
const TESTING = Buffer.from(", Testing net (#");
const IS = Buffer.from(" = ");
const WEIGHT = Buffer.from(" (* ");
const WEIGHT_END = Buffer.from(" loss");
/** Bytes at which a scan stops: those it may look for, the end of the line, and `]`, which may be that of a second message's prefix. */
const STOPS = new Uint8Array(256);
for (const letter of "(=)]\n") STOPS[letter.charCodeAt(0)] = 1;

/**
 * Reads the lines that make up nearly all of a log's metrics from their bytes: `Iteration 100 (...), loss = 0.5`, `Iteration 100, lr = 0.5`,
 * `Iteration 100, Testing net (#0)`, `Train net output #0: loss = 0.5 (* 1 = 0.5 loss)`. A line is one of these only where nothing follows: the caller compares the index that is
 * returned with the end of the line. Nothing is understood that the regexes for text would read otherwise; this is there because decoding and matching a line take several times as long.
 *
 * @param bytes - a chunk of output
 * @param start - where the message starts, prefix and indentation skipped
 * @param limit - index behind the line, or behind any later byte
 * @param into - what was read
 * @returns index behind what was read; -1 when it is not such a line
 */
export function readPlainLine(bytes: Uint8Array, start: number, limit: number, into: PlainLine): number {
  if (!isAt(ITERATION, bytes, start, limit)) return readOutput(bytes, start, limit, into);
  into.numberStart = start + ITERATION.length;
  return readIteration(bytes, into.numberStart, limit, into);
}

/**
 * Reads the rest of a line that begins with `Iteration `; parameters as of {@link readPlainLine}.
 *
 * @param start - where the iteration stands
 */
export function readIteration(bytes: Uint8Array, start: number, limit: number, into: PlainLine): number {
  let at = start;
  let step = 0;
  for (; at < limit; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    step = step * 10 + digit;
  }
  if (at === start || at > start + 15) return -1;
  if (bytes[at] === SPACE && bytes[at + 1] === OPEN) {
    at = nextStop(bytes, at + 2, limit);
    if (bytes[at] !== CLOSE) return -1;
    at += 1;
  }
  into.number = step;
  const isLoss = isAt(LOSS, bytes, at, limit);
  if (!isLoss && !isAt(RATE, bytes, at, limit)) return readTesting(bytes, at, limit, into);
  const end = numberAt(bytes, at + (isLoss ? LOSS.length : RATE.length), limit);
  into.kind = isLoss ? "loss" : "lr";
  into.value = numberRead[0] as number;
  return end;
}

function readTesting(bytes: Uint8Array, start: number, limit: number, into: PlainLine): number {
  if (!isAt(TESTING, bytes, start, limit)) return -1;
  const numberStart = start + TESTING.length;
  const at = integerEnd(bytes, numberStart, limit);
  if (numberAt(bytes, numberStart, at) < 0 || bytes[at] !== CLOSE) return -1;
  into.kind = "testing";
  into.value = numberRead[0] as number;
  return at + 1;
}

function readOutput(bytes: Uint8Array, start: number, limit: number, into: PlainLine): number {
  const isTrain = isAt(TRAIN, bytes, start, limit);
  if (!isTrain && !isAt(TEST, bytes, start, limit)) return -1;
  const at = start + (isTrain ? TRAIN.length : TEST.length);
  const colon = numberAt(bytes, at, integerEnd(bytes, at, limit));
  if (colon < 0 || bytes[colon] !== 0x3a || bytes[colon + 1] !== SPACE) return -1;
  into.kind = isTrain ? "train" : "test";
  into.number = numberRead[0] as number;
  into.nameStart = colon + 2;
  let equals = nextStop(bytes, into.nameStart, limit);
  while (bytes[equals] === OPEN || bytes[equals] === CLOSE) equals = nextStop(bytes, equals + 1, limit);
  if (bytes[equals] !== EQUALS) return -1;
  into.nameEnd = equals - 1;
  if (into.nameEnd <= into.nameStart || !isAt(IS, bytes, into.nameEnd, limit)) return -1;
  into.numberStart = into.nameEnd + IS.length;
  return readOutputValue(bytes, into.numberStart, limit, into);
}

/**
 * Reads the rest of the line of an output; parameters as of {@link readPlainLine}.
 *
 * @param start - where the value stands
 */
export function readOutputValue(bytes: Uint8Array, start: number, limit: number, into: PlainLine): number {
  const at = numberAt(bytes, start, limit);
  into.value = numberRead[0] as number;
  return at > 0 && isAt(WEIGHT, bytes, at, limit) ? weightEnd(bytes, at + WEIGHT.length, limit) : at;
}

/** ` (* 0.3 = 0.09 loss)`. What stands in the brackets is not looked at: only that it is one `=` and no second message or loss. */
function weightEnd(bytes: Uint8Array, start: number, limit: number): number {
  const equals = nextStop(bytes, start, limit);
  if (bytes[equals] !== EQUALS) return -1;
  const close = nextStop(bytes, equals + 1, limit);
  return bytes[close] === CLOSE && isAt(WEIGHT_END, bytes, close - WEIGHT_END.length, limit) ? close + 1 : -1;
}

/** The next byte of {@link STOPS}, or the limit. */
function nextStop(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && STOPS[bytes[at] as number] === 0) at += 1;
  return at;
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
