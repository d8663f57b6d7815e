import type { Located } from "../generic/located.js";
import { locatedIn } from "../generic/placed-plan.js";

/** Date and time in front of a line, local time: the numbers from the year to the second, and the fraction as its digits. */
export interface Clock {
  fields: readonly Located[];
  fraction: Located | undefined;
  /** Number of digits of the fraction. */
  fractionDigits: number;
}

/** `2017-06-13 10:25:49,123 `, `[2018-01-01:12:00:00:INFO:sockeye.training:__call__] ` */
const TIME = /^\[?(\d{4})-(\d\d)-(\d\d)[ T:](\d\d):(\d\d):(?:(\d\d)(?:,(\d{1,3}))?(?![\d.])|(\d\d\.\d{1,3}))/d;

/** @param line - one line @returns the time in front of it */
export function clockOf(line: string): Clock | undefined {
  const found = TIME.exec(line);
  if (found === null) return undefined;
  const fields = [1, 2, 3, 4, 5, found[8] === undefined ? 6 : 8].flatMap((group) => locatedIn(found, group) ?? []);
  return { fields, fraction: locatedIn(found, 7), fractionDigits: found[7]?.length ?? 0 };
}

/** Turns clocks into times; lines of one minute cost next to nothing. */
export class MinuteClock {
  #key = "";
  #minuteMs = Number.NaN;

  /** @param clock - of a line @returns its time in milliseconds since 1970; NaN where there is none or no such day */
  timeMs(clock: Clock | undefined): number {
    if (clock === undefined) return Number.NaN;
    const [year, month, day, hour, minute, second] = clock.fields.map(({ value }) => value) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const key = `${year} ${month} ${day} ${hour} ${minute}`;
    if (key !== this.#key) {
      const date = new Date(year, month - 1, day, hour, minute);
      this.#key = key;
      this.#minuteMs = date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : Number.NaN;
    }
    const fractionMs = clock.fraction === undefined ? 0 : clock.fraction.value * 10 ** (3 - clock.fractionDigits);
    return this.#minuteMs + Math.round(second * 1000) + fractionMs;
  }
}
