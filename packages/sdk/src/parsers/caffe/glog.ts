import { GlogClock } from "./glog-clock.js";

/** One log message of a line: text without a prefix has no severity, an impossible time stamp no time. */
export type MessageListener = (body: string, severity: string | undefined, timeMs: number | undefined) => void;

/** `I20261122 23:39:19.098261  1949 solver.cpp:239] `, the year only since glog 0.5. */
const PREFIX_SOURCE = String.raw`([IWEF])((?:\d{4})?\d{4}) \d\d:\d\d:\d\d\.\d{6} +\d+ [^\s\]]+:\d+\] ?`;
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
}

function nextPrefix(text: string, from: number): RegExpExecArray | null {
  PREFIX.lastIndex = from;
  return PREFIX.exec(text);
}
