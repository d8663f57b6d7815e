import { KIND, type Numbers, POWERS, UNITS } from "./numbers.js";

/** Bytes that are written one after the other. */
export interface Output {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  at: number;
}

/**
 * Writes a column in a small form that gives back each bit of it.
 *
 * @param start - its first number
 * @param count - how many it has, at least 1
 */
export function writeColumn(out: Output, numbers: Numbers, start: number, count: number): void {
  const { values } = numbers;
  const end = start + count;
  if (writeConstant(out, numbers, start, end) || writeDistances(out, values, start, end)) return;
  if (writeDecimals(out, values, start, end) || writeFloat32(out, values, start, end)) return;
  out.bytes[out.at] = KIND.float64;
  out.bytes.set(new Uint8Array(values.buffer, start * 8, count * 8), out.at + 1);
  out.at += 1 + count * 8;
}

function writeConstant(out: Output, { halves }: Numbers, start: number, end: number): boolean {
  const low = halves[start * 2]!;
  const high = halves[start * 2 + 1]!;
  for (let i = start * 2; i < end * 2; i += 2) if (halves[i] !== low || halves[i + 1] !== high) return false;
  out.bytes[out.at] = KIND.constant;
  out.view.setUint32(out.at + 1, low, true);
  out.view.setUint32(out.at + 5, high, true);
  out.at += 9;
  return true;
}

/** Whole numbers: the first, and how far each is from the one in front of it. */
function writeDistances(out: Output, values: Float64Array, start: number, end: number): boolean {
  let before = values[start]!;
  if (!isWhole(before)) return false;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = start + 1; row < end; row++) {
    const value = values[row]!;
    if (!isWhole(value)) return false;
    const distance = value - before;
    if (distance < least) least = distance;
    if (distance > most) most = distance;
    before = value;
  }
  // Beyond them a sum may be rounded.
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || !Number.isSafeInteger(most - least)) return false;
  const unitNo = most - least <= 0xff ? UNITS.indexOf(1) : UNITS.findIndex((one) => areMultiples(values, start, end, least, one));
  const unit = UNITS[unitNo]!;
  const width = widthOf((most - least) / unit);
  if (width === undefined) return false;
  out.bytes[out.at] = KIND.distances;
  out.bytes[out.at + 1] = width;
  out.bytes[out.at + 2] = unitNo;
  out.view.setFloat64(out.at + 3, values[start]!, true);
  out.view.setFloat64(out.at + 11, least, true);
  out.at += 19;
  if (width > 0) for (let row = start + 1; row < end; row++) put(out, width, (values[row]! - values[row - 1]! - least) / unit);
  return true;
}

function areMultiples(values: Float64Array, start: number, end: number, least: number, unit: number): boolean {
  if (unit === 1) return true;
  for (let row = start + 1; row < end; row++) {
    const rest = (values[row]! - values[row - 1]! - least) / unit;
    if (Math.floor(rest) !== rest) return false;
  }
  return true;
}

/** Numbers with few digits behind the point: as whole numbers above the least. */
function writeDecimals(out: Output, values: Float64Array, start: number, end: number): boolean {
  let digits = 0;
  let power = 1;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = start; row < end; row++) {
    const value = values[row]!;
    const whole = Math.round(value * power);
    if (whole / power !== value || Object.is(whole, -0)) {
      // More digits, from the beginning: what was good with fewer need not be.
      if (++digits === POWERS.length) return false;
      power = POWERS[digits]!;
      least = Number.POSITIVE_INFINITY;
      most = Number.NEGATIVE_INFINITY;
      row = start - 1;
      continue;
    }
    if (whole < least) least = whole;
    if (whole > most) most = whole;
  }
  const width = widthOf(most - least);
  if (width === undefined || !Number.isSafeInteger(least) || !Number.isSafeInteger(most)) return false;
  out.bytes[out.at] = KIND.decimals;
  out.bytes[out.at + 1] = width;
  out.bytes[out.at + 2] = digits;
  out.view.setFloat64(out.at + 3, least, true);
  out.at += 11;
  if (width > 0) for (let row = start; row < end; row++) put(out, width, Math.round(values[row]! * power) - least);
  return true;
}

function writeFloat32(out: Output, values: Float64Array, start: number, end: number): boolean {
  for (let row = start; row < end; row++) if (Math.fround(values[row]!) !== values[row]) return false;
  out.bytes[out.at++] = KIND.float32;
  for (let row = start; row < end; row++, out.at += 4) out.view.setFloat32(out.at, values[row]!, true);
  return true;
}

/** @returns whether it is a whole number that float64 tells from its neighbours, and not -0 */
function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** @returns bytes for numbers from 0 up to the most; `undefined` where four are too few */
function widthOf(most: number): number | undefined {
  if (most === 0) return 0;
  if (most <= 0xff) return 1;
  if (most <= 0xffff) return 2;
  return most <= 0xffff_ffff ? 4 : undefined;
}

function put(out: Output, width: number, rest: number): void {
  if (width === 1) out.bytes[out.at] = rest;
  else if (width === 2) out.view.setUint16(out.at, rest, true);
  else out.view.setUint32(out.at, rest, true);
  out.at += width;
}
