import { fromWireNumber, type SeriesAnswer, type WireNumber } from "ava-protocol";

/** Columns of one series, ascending in `x`, each `x` once; values that are not finite are kept. */
export interface Columns {
  x: Float64Array;
  last: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** How many of the row's values were NaN. */
  nan: Float64Array;
  /** Whether a row can stand for more than one point. */
  isBucketed: boolean;
}

/**
 * Brings an answer of the API into typed columns. Raw points of a run that went back to an earlier step come in order of arrival: they are
 * sorted, and points of equal `x` become one row with their last, least and greatest value, as in a bucket.
 *
 * @param answer - of `GET /v1/instances/:id/series`
 * @param originX - subtracted from every `x`, for relative time
 * @returns the columns
 */
export function columnsOf(answer: SeriesAnswer, originX = 0): Columns {
  const x = numbers(answer.x);
  for (let i = 0; i < x.length; i++) x[i]! -= originX;
  const columns = { x, last: numbers(answer.last), min: numbers(answer.min), max: numbers(answer.max), nan: Float64Array.from(answer.nan) };
  return isAscending(x) ? { ...columns, isBucketed: !answer.raw } : merged(columns, !answer.raw);
}

function numbers(values: readonly WireNumber[]): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = fromWireNumber(values[i]!);
  return out;
}

function isAscending(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(i === 0 ? Number.isFinite(x[0]!) : x[i]! > x[i - 1]! && x[i]! < Infinity)) return false;
  return true;
}

function merged(from: Omit<Columns, "isBucketed">, wasBucketed: boolean): Columns {
  // A step that is not finite has no place on an axis; Array.sort is stable, so arrival order decides which value is the last.
  const order = Array.from(from.x.keys())
    .filter((i) => Number.isFinite(from.x[i]!))
    .sort((a, b) => from.x[a]! - from.x[b]!);
  const to = { x: [], last: [], min: [], max: [], nan: [] } as Record<keyof Omit<Columns, "isBucketed">, number[]>;
  let row = -1;
  for (const i of order) {
    if (row >= 0 && to.x[row] === from.x[i]) {
      to.last[row] = from.last[i]!;
      to.min[row] = lesser(to.min[row]!, from.min[i]!);
      to.max[row] = -lesser(-to.max[row]!, -from.max[i]!);
      to.nan[row]! += from.nan[i]!;
    } else {
      row += 1;
      for (const column of ["x", "last", "min", "max", "nan"] as const) to[column].push(from[column][i]!);
    }
  }
  return {
    x: Float64Array.from(to.x),
    last: Float64Array.from(to.last),
    min: Float64Array.from(to.min),
    max: Float64Array.from(to.max),
    nan: Float64Array.from(to.nan),
    isBucketed: wasBucketed || row + 1 < from.x.length,
  };
}

/** NaN says "no number here", so the other one is the lesser. */
function lesser(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
