import type { GlogClock } from "./glog-clock.js";

/** One log message of a line: text without a prefix has no severity, an impossible time stamp no time. */
export type MessageListener = (body: string, severity: string | undefined, timeMs: number | undefined) => void;

/** `I20261122 23:39:19.098261  1949 solver.cpp:239] `, the year only since glog 0.5. Other output may have got between the file's name. */
const PREFIX_SOURCE = String.raw`([IWEF])((?:\d{4})?\d{4}) \d\d:\d\d:\d\d\.\d{6} +\d+ [^\]]{1,300}:\d+\] ?`;
const PREFIX_AT_START = new RegExp(PREFIX_SOURCE, "y");
const PREFIX = new RegExp(PREFIX_SOURCE, "g");

/** Takes lines apart into log messages: a prefix may stand in the middle where other output had not ended its line. */
export class GlogReader {
  readonly #clock: GlogClock;

  /** @param clock - reads the times */
  constructor(clock: GlogClock) {
    this.#clock = clock;
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
}

const SPACE = 0x20;

/**
 * @param bytes - a chunk of output
 * @param start - where a prefix goes on behind its time
 * @param end - where the message begins
 * @returns whether thread id, file and line stand between, ` 1949 solver.cpp:239] `, and blanks
 */
export function isPlace(bytes: Uint8Array, start: number, end: number): boolean {
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
