import { indexOfByte } from "../../index-of-byte.js";
import type { Cursor } from "../parser.js";
import { NextByte } from "./next-byte.js";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const COLON = 0x3a;
const OPEN_BRACKETS = [0x28, 0x5b];
const BRACKET = 0x5d;
const CAPITAL_F = 0x46;
const LOWER_I = 0x69;
const LOWER_N = 0x6e;
/** Bytes of the shortest prefix, `I1122 23:39:19.098261 1 a:1]`. */
const LEAST_BYTES = 28;
/** Date, time and a space of the shorter glog prefix, `I1122 23:39:19.098261 `: nothing worth a look is in them. */
const PREFIX_BYTES = 21;

/**
 * How the messages that tell something begin, and the brackets of NVCaffe's device number. Looked up by the first and the second byte and by
 * the first and the fifth, which leaves out what is printed often and tells nothing (`Setting up`, `Top shape`, `Restarting data prefetching`).
 */
const SECOND = new Uint8Array(65_536);
const FIFTH = new Uint8Array(65_536);
const OF_SOLVERS = [
  "Iteration",
  "Train",
  "Test ",
  "Snapshotting",
  "Optimization",
  "Resuming",
  "Restoring",
  "class0",
  "Wrote snapshot",
  "speed: ",
];
const OF_TOOLS = ["Batch ", "Initial loss", "*** Benchmark", "*** SIGSEGV"];
for (const word of [...OF_SOLVERS, ...OF_TOOLS]) {
  SECOND[(word.charCodeAt(0) << 8) | word.charCodeAt(1)] = 1;
  FIFTH[(word.charCodeAt(0) << 8) | word.charCodeAt(4)] = 1;
}
// A device is a number.
for (const open of OPEN_BRACKETS) for (const inside of " -.0123456789") SECOND[(open << 8) | inside.charCodeAt(0)] = 1;
for (const open of OPEN_BRACKETS) FIFTH.fill(1, open << 8, (open + 1) << 8);
const SEVERITIES = new Uint8Array(256);
for (const letter of "IWEF") SEVERITIES[letter.charCodeAt(0)] = 1;

/**
 * Tells the lines of a stream that may tell something from the others. Most lines of a log are dumps of nets and solvers: they are told apart here
 * by their bytes, for a fraction of what decoding and matching would cost. A line that tells something begins with one of few words,
 * behind its prefix where it has one; or it holds a second prefix or, having none in front, another kind of blank.
 */
export class CaffeLines {
  readonly #bracket = new NextByte(BRACKET);
  readonly #equals = new NextByte(0x3d);
  readonly #number = new NextByte(0x23);

  /**
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte
   * @returns where its message may start (behind a leading prefix), or -1 when it surely tells nothing
   */
  messageAt(bytes: Uint8Array, start: number, end: number): number {
    if (!isPrefixed(bytes, start)) return this.#unprefixed(bytes, start, end);
    // A fatal message tells something whatever it says.
    if (bytes[start] === CAPITAL_F) return start;
    let at = this.#bracket.at(bytes, start + PREFIX_BYTES) + 1;
    while (at < end && bytes[at] === SPACE) at += 1;
    if (at >= end) return -1;
    if (beginsWell(bytes, at)) return at;
    // A second message may have run into this one.
    return end - at > LEAST_BYTES && this.#holdsPrefix(bytes, at, end) ? start : -1;
  }

  /**
   * Passes over lines that surely tell nothing, as {@link messageAt} would say of each.
   *
   * @param bytes - a chunk of output
   * @param cursor - moved behind them
   * @param end - index behind the last byte that may be read: no control bytes but line ends are before it
   * @param isInDump - whether lines without a prefix are of a net or a solver; others are left
   * @returns whether those behind are
   */
  passOver(bytes: Uint8Array, cursor: Cursor, end: number, isInDump: boolean): boolean {
    let isDumped = isInDump;
    while (cursor.at < end) {
      const start = cursor.at;
      let newline: number;
      if (isPrefixed(bytes, start)) {
        newline = indexOfByte(bytes, NEWLINE, start);
        if (newline < 0 || newline > end || this.messageAt(bytes, start, newline) >= 0) break;
        isDumped = opensDump(bytes, newline);
      } else {
        newline = isDumped ? dumpedEnd(bytes, start, end) : -1;
        if (newline < 0) break;
      }
      cursor.at = newline + 1;
      cursor.line += 1;
    }
    return isDumped;
  }

  #unprefixed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] === SPACE) at += 1;
    if (at >= end) return -1;
    if (beginsWell(bytes, at) || (end - at > LEAST_BYTES && this.#holdsPrefix(bytes, at, end))) return start;
    const first = bytes[at] as number;
    if (first > SPACE && first < 0x80) return -1;
    // Blanks of other kinds may stand in front of a message.
    return this.#equals.at(bytes, at) < end || this.#number.at(bytes, at) < end ? start : -1;
  }

  /** `solver.cpp:239]`: the end of a prefix. */
  #holdsPrefix(bytes: Uint8Array, start: number, end: number): boolean {
    for (let bracket = this.#bracket.at(bytes, start); bracket < end; bracket = this.#bracket.at(bytes, bracket + 1)) {
      let at = bracket - 1;
      while (at > start && isDigit(bytes[at] as number)) at -= 1;
      if (at < bracket - 1 && bytes[at] === COLON) return true;
    }
    return false;
  }
}

/** @param bytes - a chunk of output @param start - index of a line's first byte @returns whether it begins as a line of glog, `I20261122` or `W1122` */
export function isPrefixed(bytes: Uint8Array, start: number): boolean {
  return SEVERITIES[bytes[start] as number] === 1 && isDigit(bytes[start + 1] as number);
}

/** @param bytes - a chunk of output @param end - index after the last byte of a line with a prefix @returns whether the net or solver of `Initializing net from parameters: ` follows */
export function opensDump(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 2] === COLON && bytes[end - 1] === SPACE;
}

/** Index of the line end behind a line of a dump; -1 where it may be something else. Such lines are short: a loop is faster than a search. */
function dumpedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  if (at >= end || (bytes[at] as number) >= 0x80 || beginsWell(bytes, at)) return -1;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === NEWLINE) return at;
    if (byte === BRACKET || byte < SPACE) return -1;
  }
  return -1;
}

function beginsWell(bytes: Uint8Array, at: number): boolean {
  const first = (bytes[at] as number) << 8;
  if (SECOND[first | (bytes[at + 1] as number)] === 0 || FIFTH[first | (bytes[at + 4] as number)] === 0) return false;
  // `Initial loss`, not `Initializing`.
  return bytes[at + 1] !== LOWER_N || bytes[at + 7] !== LOWER_I;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
