import { type ChartColumns, type ChartSeriesAnswer, fromWireNumber, type WireNumber } from "ava-protocol";

/** Columns of one series, ascending in `x`, each `x` once; values that are not finite are kept. */
export interface Columns {
  x: Float64Array;
  /** Where the row begins on the axis: its points lie from here to `x`. */
  start: Float64Array;
  last: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** Over the row's finite values; NaN if there are none. */
  mean: Float64Array;
  /** How many of the row's values were NaN. */
  nan: Float64Array;
  /** Points of the row. */
  count: Float64Array;
  /** Stretch of the axis that was asked for, ends included. */
  from: number;
  to: number;
  /** Whether a row can stand for more than one point. */
  isBucketed: boolean;
  /** The value that arrived last; of buckets the one with the greatest `x`. */
  newest: number;
  /** Of a run that went back, what it left behind: it counts no more. */
  left?: readonly Columns[];
  /** Where it went back: the step before, and the one at which it went on. */
  rewinds?: readonly (readonly [from: number, to: number])[];
}

/** The columns that have a value for each row. */
export type RowColumns = Pick<Columns, (typeof ROW_COLUMNS)[number]>;

/** Their names. */
export const ROW_COLUMNS = ["x", "start", "last", "min", "max", "mean", "nan", "count"] as const;

/**
 * Brings an answer of the API into typed columns. Raw points of a run that went back to an earlier step come in order of arrival: they are
 * sorted, and points of equal `x` become one row with their last, least and greatest value, as in a bucket.
 *
 * @param answer - of `POST /v1/series/query`, as JSON or binary
 * @returns the columns
 */
export function columnsOf(answer: ChartSeriesAnswer | ChartColumns): Columns {
  const x = numbers(answer.x);
  const columns = {
    x,
    start: startsOf(answer, x),
    last: numbers(answer.last),
    min: numbers(answer.min),
    max: numbers(answer.max),
    mean: numbers(answer.mean),
    nan: numbers(answer.nan),
    count: numbers(answer.count),
  };
  const told = { newest: columns.last.at(-1) ?? Number.NaN, from: fromWireNumber(answer.from), to: fromWireNumber(answer.to) };
  return isAscending(x) ? { ...columns, isBucketed: !answer.raw, ...told } : { ...mergedRows(columns, !answer.raw), ...told };
}

/** A bucket begins at its place in the answer's grid, and behind the last point of the bucket before it. */
function startsOf({ raw, from, bucketWidth }: Pick<ChartSeriesAnswer, "raw" | "from" | "bucketWidth">, x: Float64Array): Float64Array {
  if (raw || bucketWidth <= 0) return x.slice();
  const gridX = fromWireNumber(from);
  return x.map((lastX, i) => {
    const bucketX = gridX + Math.floor((lastX - gridX) / bucketWidth) * bucketWidth;
    return Math.min(Math.max(bucketX, x[i - 1] ?? bucketX), lastX);
  });
}

function numbers(values: readonly WireNumber[] | Float64Array): Float64Array {
  if (values instanceof Float64Array) return values;
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = fromWireNumber(values[i]!);
  return out;
}

function isAscending(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(i === 0 ? Number.isFinite(x[0]!) : x[i]! > x[i - 1]! && x[i]! < Infinity)) return false;
  return true;
}

/**
 * Puts rows in the order of their places; rows of one place become one, with their last, least and greatest value, as in a bucket.
 *
 * @param from - the rows
 * @param wasBucketed - whether each may stand for several points already
 * @returns the columns
 */
export function mergedRows(from: RowColumns, wasBucketed: boolean): Omit<Columns, "newest" | "from" | "to"> {
  // A step that is not finite has no place on an axis; Array.sort is stable, so arrival order decides which value is the last.
  const order = Array.from(from.x.keys())
    .filter((i) => Number.isFinite(from.x[i]!))
    .sort((a, b) => from.x[a]! - from.x[b]!);
  const to = { x: [], start: [], last: [], min: [], max: [], mean: [], nan: [], count: [] } as Record<keyof RowColumns, number[]>;
  let row = -1;
  for (const i of order) {
    if (row >= 0 && to.x[row] === from.x[i]) {
      to.last[row] = from.last[i]!;
      to.min[row] = lesser(to.min[row]!, from.min[i]!);
      to.max[row] = -lesser(-to.max[row]!, -from.max[i]!);
      to.mean[row] = meanOf(to.mean[row]!, to.count[row]! - to.nan[row]!, from.mean[i]!, from.count[i]! - from.nan[i]!);
      to.nan[row]! += from.nan[i]!;
      to.count[row]! += from.count[i]!;
    } else {
      row += 1;
      for (const column of ROW_COLUMNS) to[column].push(from[column][i]!);
    }
  }
  const columns = Object.fromEntries(ROW_COLUMNS.map((column) => [column, Float64Array.from(to[column])])) as Record<
    keyof RowColumns,
    Float64Array
  >;
  return { ...columns, isBucketed: wasBucketed || row + 1 < from.x.length };
}

function meanOf(a: number, countA: number, b: number, countB: number): number {
  if (!Number.isFinite(a)) return b;
  return Number.isFinite(b) ? (a * countA + b * countB) / (countA + countB) : a;
}

/** NaN says "no number here", so the other one is the lesser. */
function lesser(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
