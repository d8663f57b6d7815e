import type { ChunkBody } from "./chunk.js";
import { GROUP_POINTS } from "./pyramid.js";

/** Sums of the finite values of buckets, by compensated summation: as if added with twice the digits; by bucket number. */
export interface Sums {
  sum: Float64Array;
  /** What rounding took from `sum`. */
  lost: Float64Array;
  /** Values that are finite. */
  finite: Float64Array;
}

/** @returns sums of as many empty buckets */
export function emptySums(buckets: number): Sums {
  return { sum: new Float64Array(buckets), lost: new Float64Array(buckets), finite: new Float64Array(buckets) };
}

/**
 * Adds a sum of several values to a bucket.
 *
 * @param finite - how many finite values it is the sum of
 * @param lostBefore - what rounding took from it
 */
export function addSum({ sum, lost, finite: all }: Sums, bucket: number, value: number, finite: number, lostBefore = 0): void {
  const before = sum[bucket]!;
  const next = before + value;
  sum[bucket] = next;
  lost[bucket]! += roundedAway(before, value, next) + lostBefore;
  all[bucket]! += finite;
}

/** @returns what is missing in `next`, the rounded sum of two numbers: Knuth's way, which has no branches. */
export function roundedAway(a: number, b: number, next: number): number {
  const added = next - a;
  return a - (next - added) + (b - added);
}

/** Adds one value, unless it is not finite. */
export function addValueSum(sums: Sums, bucket: number, value: number): void {
  if (value - value === 0) addSum(sums, bucket, value, 1);
}

/** Adds whole groups of a chunk. @param end - group after the last */
export function addGroupSums(
  sums: Sums,
  bucket: number,
  { groupSum, groupNan, groupInfinite }: ChunkBody,
  start: number,
  end: number,
): void {
  let sum = 0;
  let lost = 0;
  let finite = (end - start) * GROUP_POINTS;
  for (let group = start; group < end; group++) {
    const value = groupSum[group]!;
    const next = sum + value;
    lost += roundedAway(sum, value, next);
    sum = next;
  }
  if (groupNan !== undefined) for (let group = start; group < end; group++) finite -= groupNan[group]!;
  if (groupInfinite !== undefined) for (let group = start; group < end; group++) finite -= groupInfinite[group]!;
  addSum(sums, bucket, sum, finite, lost);
}

/** @returns means of the buckets; NaN for one without finite values, not finite where its sum is beyond float64 */
export function meansOf({ sum, lost, finite }: Sums): Float64Array {
  return sum.map((value, bucket) => (value + lost[bucket]!) / finite[bucket]!);
}
