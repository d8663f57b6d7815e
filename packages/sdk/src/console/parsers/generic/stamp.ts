import { inNearestYear, localTime } from "../calendar.js";
import { printedNumber } from "../number.js";
import { PlanNumber } from "./located.js";

/** What a number of a stamp says: month and day in one (`0601`, `20260601`) as packed. */
type Field = "year" | "month" | "day" | "packed" | "hour" | "minute" | "second" | "fraction";

/** Date and time of a line, and where its numbers stand: those of other lines of the form are read again. */
export interface Stamp {
  fields: readonly Field[];
  numbers: readonly PlanNumber[];
  /** From its name. */
  month: number | undefined;
  /** Of the fraction. */
  fractionDigits: number;
  /** `PM` 12, `AM` 0. */
  half: number | undefined;
  /** Of the time from UTC; undefined for local time. */
  offsetMinutes: number | undefined;
  /** Indexes of the digits that say so. */
  offsetDigits: readonly number[];
}

const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d):(?:(?<second>\d\d)(?:,(?<fraction>\d{1,6}))?(?![\d.])|(?<parts>\d\d\.\d{1,9}))(?: ?(?<half>[AP]M))?(?<zone>Z|(?: |(?<=\d))(?:UTC|GMT|[-+]\d\d:?\d\d)(?!\d))?`;
const BETWEEN = "[ T_:,]{1,2}";
/** A date with its year may stand anywhere near the start of a line, the others where loggers put them. */
const WITH_YEAR = new RegExp(String.raw`(?<!\d)(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)${BETWEEN}${TIME}`, "d");
const OF_LOGGERS = [
  String.raw`(?<!\d)(?<month>\d\d)[-/](?<day>\d\d)[-/](?<year>\d{4})${BETWEEN}${TIME}`,
  String.raw`(?<![\d/.-])(?<month>\d\d)[-/](?<day>\d\d)${BETWEEN}${TIME}`,
  String.raw`(?<!\d)(?<day>\d{1,2})[- ](?<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[- ](?<year>\d{4})${BETWEEN}${TIME}`,
  String.raw`\b(?<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(?<day>\d{1,2}) ${TIME}(?: (?<year>\d{4})\b)?`,
  String.raw`(?<![A-Za-z])[IWEF](?<packed>\d{8}|\d{4}) ${TIME}`,
].map((pattern) => new RegExp(pattern, "d"));
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
const FIELDS = ["year", "month", "day", "packed", "hour", "minute", "second", "fraction"] as const;
/** Characters within which a date counts that stands behind the prefix. */
const NEAR = 64;

/**
 * @param text - one line
 * @param prefixEnd - index behind what loggers and launchers put in front
 * @returns its date and time; undefined where it carries none
 */
export function stampOf(text: string, prefixEnd: number): Stamp | undefined {
  const prefix = text.slice(0, prefixEnd);
  let found = WITH_YEAR.exec(text.slice(0, Math.max(prefixEnd, NEAR)));
  for (const pattern of OF_LOGGERS) found ??= pattern.exec(prefix);
  const indices = found?.indices?.groups;
  if (found === null || indices === undefined) return undefined;
  const groups = found.groups as Partial<Record<string, string>>;
  const fields: Field[] = [];
  const numbers: PlanNumber[] = [];
  const add = (field: Field, name: string): void => {
    const at = indices[name]?.[0];
    if (at === undefined) return;
    fields.push(field);
    numbers.push(new PlanNumber({ value: printedNumber(groups[name] as string), at }, undefined));
  };
  for (const field of FIELDS) add(field, field);
  add("second", "parts");
  const { name, half, fraction, zone = "" } = groups;
  const [, sign, hours, minutes] = /([-+])(\d\d):?(\d\d)/.exec(zone) ?? [];
  const zoneAt = indices["zone"]?.[0] ?? 0;
  return {
    fields,
    numbers,
    month: name === undefined ? undefined : MONTHS.indexOf(name) / 3 + 1,
    fractionDigits: fraction?.length ?? 0,
    half: half === undefined ? undefined : half === "PM" ? 12 : 0,
    offsetMinutes: zone === "" ? undefined : sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)),
    offsetDigits: Array.from(zone.matchAll(/\d/g), ({ index }) => zoneAt + index),
  };
}

/** Turns stamps into times; lines of one minute cost next to nothing. */
export class StampClock {
  #referenceMs: number;
  #key = Number.NaN;
  #minuteMs = Number.NaN;

  /** @param referenceMs - milliseconds since 1970, near the first stamp without a year; each further one is near the one before */
  constructor(referenceMs: number) {
    this.#referenceMs = referenceMs;
  }

  /** @param stamp - of a line @returns its time in milliseconds since 1970, local time where it does not say another; NaN where there is none or no such day */
  timeMs(stamp: Stamp | undefined): number {
    // A function of its own: the result of a long one costs an object for each line.
    return stamp === undefined ? Number.NaN : this.#timeOf(stamp);
  }

  #timeOf(stamp: Stamp): number {
    const { fields, numbers, half, fractionDigits, offsetMinutes } = stamp;
    let [year, month, day, hour, minute, seconds] = [0, stamp.month ?? 0, 0, 0, 0, 0];
    for (let index = 0; index < fields.length; index += 1) {
      const { value } = numbers[index] as PlanNumber;
      const field = fields[index];
      if (field === "year") year = value;
      else if (field === "month") month = value;
      else if (field === "day") day = value;
      else if (field === "packed") [year, month, day] = [Math.floor(value / 10_000), Math.floor((value % 10_000) / 100), value % 100];
      else if (field === "hour") hour = half === undefined ? value : (value % 12) + half;
      else if (field === "minute") minute = value;
      else if (field === "second") seconds += value;
      else seconds += value / 10 ** fractionDigits;
    }
    if (hour > 23 || minute > 59 || seconds >= 61) return Number.NaN;
    const zone = offsetMinutes === undefined ? 0 : offsetMinutes + 2000;
    const key = ((((year * 13 + month) * 32 + day) * 24 + hour) * 60 + minute) * 4000 + zone;
    if (key !== this.#key) {
      this.#key = key;
      const at = (ofYear: number) => minuteAt(ofYear, month, day, hour, minute, offsetMinutes);
      this.#minuteMs = (year === 0 ? inNearestYear(this.#referenceMs, at) : at(year)) ?? Number.NaN;
    }
    const timeMs = this.#minuteMs + Math.round(seconds * 1000);
    if (!Number.isNaN(timeMs)) this.#referenceMs = timeMs;
    return timeMs;
  }
}

function minuteAt(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  offsetMinutes: number | undefined,
): number | undefined {
  if (offsetMinutes === undefined) return localTime(year, month, day, hour, minute);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() - offsetMinutes * 60_000 : undefined;
}
