import { GlogClock } from "./glog-clock.js";

/** One log message of a line. */
export interface GlogMessage {
  /** `I`, `W`, `E` or `F`; undefined for text without a prefix. */
  severity?: string;
  timeMs?: number;
  body: string;
}

/** `I20261122 23:39:19.098261  1949 solver.cpp:239] `, the year only since glog 0.5. */
const PREFIX = /([IWEF])((?:\d{4})?\d{4} \d\d:\d\d):(\d\d\.\d{1,6}) +\d+ [^\s\]]+:\d+\] ?/g;

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
   * @returns its messages in order; text before the first prefix is a message without one
   */
  read(text: string): GlogMessage[] {
    const messages: GlogMessage[] = [];
    let open: GlogMessage = { body: "" };
    let bodyStart = 0;
    PREFIX.lastIndex = 0;
    for (let found = PREFIX.exec(text); found !== null; found = PREFIX.exec(text)) {
      if (found.index > bodyStart) messages.push({ ...open, body: text.slice(bodyStart, found.index) });
      const timeMs = this.#clock.timeMs(found[2] as string, found[3] as string);
      open = { severity: found[1] as string, body: "", ...(timeMs === undefined ? {} : { timeMs }) };
      bodyStart = PREFIX.lastIndex;
    }
    open.body = text.slice(bodyStart);
    messages.push(open);
    return messages;
  }
}
