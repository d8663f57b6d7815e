import { GlogClock } from "./glog-clock.js";

/** One log message of a line: text without a prefix has no severity, an impossible time stamp no time. */
export type MessageListener = (body: string, severity: string | undefined, timeMs: number | undefined) => void;

/** `I20261122 23:39:19.098261  1949 solver.cpp:239] `, the year only since glog 0.5. Other output may have got between the file's name. */
const PREFIX_SOURCE = String.raw`([IWEF])((?:\d{4})?\d{4}) \d\d:\d\d:\d\d\.\d{6} +\d+ [^\]]{1,300}:\d+\] ?`;
const PREFIX_AT_START = new RegExp(PREFIX_SOURCE, "y");
const PREFIX = new RegExp(PREFIX_SOURCE, "g");

/** Takes lines apart into log messages: a prefix may stand in the middle where other output had not ended its line. */
export class GlogReader {
  readonly #clock: GlogClock;

  /**
   * @param referenceTimeMs - what a missing year is taken from, milliseconds since 1970
   */
  constructor(referenceTimeMs: number) {
    this.#clock = new GlogClock(referenceTimeMs);
  }

  /**
   * @param text - one line
   * @param onMessage - called for its messages in order; text before the first prefix is one without
   */
  read(text: string, onMessage: MessageListener): void {
    PREFIX_AT_START.lastIndex = 0;
    let prefix = PREFIX_AT_START.exec(text);
    let bodyStart = PREFIX_AT_START.lastIndex;
    for (;;) {
      // Nearly every line has one prefix: look for a further one only where its end could be.
      const next = text.includes("] ", bodyStart) ? nextPrefix(text, bodyStart) : null;
      const body = text.slice(bodyStart, next?.index);
      if (prefix !== null) {
        const dateStart = prefix.index + 1;
        onMessage(body, prefix[1], this.#clock.timeMs(text, dateStart, dateStart + (prefix[2] as string).length));
      } else if (body !== "") onMessage(body, undefined, undefined);
      if (next === null) return;
      prefix = next;
      bodyStart = next.index + next[0].length;
    }
  }

  /**
   * Reads the time of a line's prefix from its bytes, where it is of the same minute as the prefix that {@link read} saw last.
   *
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index of the first byte after the prefix and what blanks follow
   * @returns milliseconds since 1970, or undefined when it has to be read from its text
   */
  timeOfBytes(bytes: Uint8Array, start: number, end: number): number | undefined {
    const severity = bytes[start];
    if (severity !== CAPITAL_I && severity !== CAPITAL_W && severity !== CAPITAL_E) return undefined;
    const timeMs = this.#clock.timeMsOfBytes(bytes, start + 1);
    // Behind the time: thread id, file and line.
    return timeMs !== undefined && isPlace(bytes, start + 1 + this.#clock.minuteChars + ":SS.ffffff".length, end) ? timeMs : undefined;
  }
}

const CAPITAL_E = 0x45;
const CAPITAL_I = 0x49;
const CAPITAL_W = 0x57;
const SPACE = 0x20;

/** ` 1949 solver.cpp:239] ` and blanks. */
function isPlace(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (bytes[at] === SPACE) at += 1;
  const idStart = at;
  while (isDigit(bytes[at])) at += 1;
  if (at === idStart || idStart === start || bytes[at] !== SPACE) return false;
  const fileStart = at + 1;
  at = end - 1;
  while (bytes[at] === SPACE) at -= 1;
  const bracket = at;
  while (at > fileStart && isDigit(bytes[at - 1])) at -= 1;
  const fileChars = at - 1 - fileStart;
  return bytes[bracket] === 0x5d && at < bracket && bytes[at - 1] === 0x3a && fileChars >= 1 && fileChars <= 300;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function nextPrefix(text: string, from: number): RegExpExecArray | null {
  PREFIX.lastIndex = from;
  return PREFIX.exec(text);
}
