import { type Column, encodeColumn } from "./column.js";

/** Range of one axis over the points of a chunk; NaN where no point has a number there. */
export interface AxisRange {
  min: number;
  max: number;
  /** That of the last point. */
  last: number;
  /** No point is before the one that arrived before it, and none is NaN: rows can be searched. */
  isSorted: boolean;
}

/** An axis of a chunk as it is stored, with its range in the units of its rows. */
export interface EncodedAxis {
  readonly column: Readonly<Column>;
  readonly range: Readonly<AxisRange>;
}

/** Axes that are remembered, and rows from which on that is worth it: together they are a megabyte. */
const REMEMBERED = 32;
const LEAST_ROWS = 64;

/** The axes that were encoded last, each with a copy of its rows: metrics of one `log()` have the same steps, times and epochs. */
const remembered: { values: Float64Array; axis: EncodedAxis }[] = [];
let next = 0;

/**
 * @param values - the rows
 * @param count - how many of them are used, at least 1
 */
export function encodeAxis(values: Float64Array, count: number): EncodedAxis {
  const used = values.subarray(0, count);
  const isLong = count >= LEAST_ROWS;
  const known = isLong ? remembered.find((one) => haveSameBits(one.values, used)) : undefined;
  if (known !== undefined) return known.axis;
  const axis = { column: encodeColumn(values, count, true), range: axisRange(values, count) };
  if (isLong) {
    remembered[next] = { values: used.slice(), axis };
    next = (next + 1) % REMEMBERED;
  }
  return axis;
}

function haveSameBits(one: Float64Array, other: Float64Array): boolean {
  const last = one.length - 1;
  // Most that differ do so at an end.
  if (one.length !== other.length || !Object.is(one[last], other[last]) || !Object.is(one[0], other[0])) return false;
  return bytesOf(one).equals(bytesOf(other));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function axisRange(values: Float64Array, count: number): AxisRange {
  let min = Number.NaN;
  let max = Number.NaN;
  let isSorted = true;
  let previous = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    const x = values[row]!;
    if (!(x >= previous)) isSorted = false;
    previous = x;
    if (x === x) {
      if (!(x >= min)) min = x;
      if (!(x <= max)) max = x;
    }
  }
  return { min, max, last: values[count - 1]!, isSorted };
}
