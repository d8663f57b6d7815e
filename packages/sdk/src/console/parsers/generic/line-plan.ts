import { numberAt, numberRead } from "../byte-number.js";
import type { Phase } from "../parser.js";
import type { BoxRow } from "./box.js";
import type { CountedRoles, Located } from "./reading.js";
import type { TableHeader } from "./table.js";
import type { ToldSeries } from "./told-series.js";

/** Digits of a number with separators that are looked at. */
const MOST_GROUPED = 40;

/** A value of a line under its series. */
export interface PlannedValue extends Located {
  series: ToldSeries;
}

/** What a line tells, and where in it the numbers stand: a line of the same form is read by looking there again. */
export interface LinePlan {
  values: PlannedValue[];
  counters: CountedRoles;
  /** Whether the line counts; one that does not belongs to the line before it. */
  isCounted: boolean;
  section: string | undefined;
  /** What it says of the lines below it. */
  below?: Below;
  /** Its part of a box, whose values are told when the box ends. */
  row?: BoxRow;
}

/**
 * What a line says of the lines below it: columns of a table, what the table is of, names that the next line may go on with, whether a box without bars begins; and the phase of a block of values (null
 * without a phase) or of what has no phase of its own.
 */
export interface Below {
  header?: TableHeader;
  tableOf?: string;
  above?: readonly string[];
  isRuled?: true;
  block?: Phase | null;
  section?: string;
}

/** What a line tells that tells nothing. */
export const NOTHING: LinePlan = { values: [], counters: {}, isCounted: false, section: undefined };

/**
 * Makes a plan fit for other lines of its form: places become byte offsets.
 *
 * @param plan - of one line, with places in characters; changed
 * @param text - that line
 * @param bytes - the same as UTF-8
 * @param length - number of its bytes
 * @returns false where the numbers cannot be read from bytes
 */
export function placeInBytes(plan: LinePlan, text: string, bytes: Uint8Array, length: number): boolean {
  const isAscii = length === text.length;
  for (const located of locatedOf(plan)) {
    if (!isAscii) located.at = Buffer.byteLength(text.slice(0, located.at));
    const { value } = located;
    if (read(located, bytes, 0, length) && Object.is(located.value, value)) continue;
    located.isGrouped = true;
    if (read(located, bytes, 0, length) && Object.is(located.value, value)) continue;
    located.value = value;
    return false;
  }
  return true;
}

/**
 * Puts the numbers of another line of the same form into a plan.
 *
 * @param plan - changed
 * @param bytes - where the line stands
 * @param start - index of its first byte
 * @param end - index after its last byte
 * @returns false where a number is not there
 */
export function refresh(plan: LinePlan, bytes: Uint8Array, start: number, end: number): boolean {
  for (const located of plan.values) if (!read(located, bytes, start, end)) return false;
  if (plan.row?.value !== undefined && !read(plan.row.value, bytes, start, end)) return false;
  const { epoch, step, batch, iteration, episode, ignored } = plan.counters;
  for (const counted of [epoch, step, batch, iteration, episode, ignored]) {
    if (counted === undefined) continue;
    if (!read(counted, bytes, start, end) || (counted.of !== undefined && !read(counted.of, bytes, start, end))) return false;
  }
  return true;
}

function read(located: Located, bytes: Uint8Array, start: number, end: number): boolean {
  const at = start + located.at;
  if (located.isGrouped === true) {
    const digits = /^[\d,]+(?:\.\d+)?/.exec(String.fromCharCode(...bytes.subarray(at, Math.min(end, at + MOST_GROUPED))))?.[0];
    located.value = Number(digits?.replaceAll(",", ""));
    return true;
  }
  if (numberAt(bytes, at, end) < 0) return false;
  located.value = numberRead[0] as number;
  return true;
}

function locatedOf({ values, counters, row }: LinePlan): Located[] {
  const counted = Object.values(counters);
  return [...values, ...counted, ...counted.flatMap(({ of }) => of ?? []), ...(row?.value === undefined ? [] : [row.value])];
}
