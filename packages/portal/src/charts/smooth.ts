import type { Columns } from "./columns.js";

/** Steps into which an axis is divided for smoothing: at a weight of 0.9 a value counts a tenth less after a thousandth of the axis. */
const STEPS_PER_AXIS = 1000;

/** What smoothing reads of columns. */
export type SmoothedColumns = Pick<Columns, "x" | "start" | "last" | "mean" | "count" | "nan">;

/**
 * Exponential moving average by distance on the axis, so that a sparse series (a validation each epoch) is not smoothed more than a dense one
 * beside it. A bucket enters with the mean of its points and their number, and what lies before the stretch in view enters as well: so the curve is the
 * same whatever part of it is looked at. It is free of the pull of its start: each value is divided by the weight gathered so far, so the first smoothed
 * value is the first value. Rows without a finite value stay as they are and do not enter the average.
 *
 * @param columns - of the stretch in view
 * @param weight - what remains of the past after a thousandth of the axis, 0 (no smoothing) to below 1
 * @param spanX - length of the axis of the whole chart, not of the stretch in view
 * @param whole - the same series from its beginning, for a stretch that begins later
 * @returns the smoothed values of each row
 */
export function smooth(columns: SmoothedColumns, weight: number, spanX: number, whole?: SmoothedColumns): Float64Array {
  let average = 0;
  let gathered = 0;
  let beforeX = 0;
  const take = ({ x, mean, count, nan }: SmoothedColumns, i: number): void => {
    const kept = gathered === 0 ? 0 : weight ** (((x[i]! - beforeX) * STEPS_PER_AXIS) / spanX);
    const points = count[i]! - nan[i]!;
    average = kept * average + points * mean[i]!;
    gathered = kept * gathered + points;
    beforeX = x[i]!;
  };
  const firstX = columns.start[0] ?? Infinity;
  const before = whole === undefined ? 0 : whole.x.findIndex((x) => x >= firstX);
  for (let i = 0; i < before; i++) if (Number.isFinite(whole!.mean[i]!)) take(whole!, i);
  return columns.mean.map((mean, i) => {
    if (!Number.isFinite(mean)) return columns.last[i]!;
    take(columns, i);
    return average / gathered;
  });
}
