import { NextByte } from "./next-byte.js";

const SPACE = 0x20;
const OPEN_BRACKETS = [0x28, 0x5b];
const CAPITAL_F = 0x46;
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
for (const table of [SECOND, FIFTH]) for (const open of OPEN_BRACKETS) table.fill(1, open << 8, (open + 1) << 8);
const SEVERITIES = new Uint8Array(256);
for (const letter of "IWEF") SEVERITIES[letter.charCodeAt(0)] = 1;

/**
 * Tells the lines of a stream that may tell something from the others. Most lines of a log are dumps of nets and solvers: they are told apart here
 * by their bytes, for a fraction of what decoding and matching would cost. A line that tells something begins with one of few words,
 * behind its prefix where it has one; or it holds a second prefix or, having none in front, a `#` or `=`.
 */
export class CaffeLines {
  readonly #bracket = new NextByte(0x5d);
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
    return end - at > LEAST_BYTES && this.#bracket.at(bytes, at) < end ? start : -1;
  }

  #unprefixed(bytes: Uint8Array, start: number, end: number): number {
    if (start < end && beginsWell(bytes, start)) return start;
    const holds = this.#equals.at(bytes, start) < end || this.#number.at(bytes, start) < end || this.#bracket.at(bytes, start) < end;
    return holds ? start : -1;
  }
}

/** @param bytes - a chunk of output @param start - index of a line's first byte @returns whether it begins as a line of glog, `I20261122` or `W1122` */
export function isPrefixed(bytes: Uint8Array, start: number): boolean {
  const second = bytes[start + 1] as number;
  return SEVERITIES[bytes[start] as number] === 1 && second >= 0x30 && second <= 0x39;
}

function beginsWell(bytes: Uint8Array, at: number): boolean {
  const first = (bytes[at] as number) << 8;
  return SECOND[first | (bytes[at + 1] as number)] === 1 && FIFTH[first | (bytes[at + 4] as number)] === 1;
}
