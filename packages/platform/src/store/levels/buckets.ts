import { AXIS, type ChunkBody, type ChunkHead } from "./chunk.js";
import { columnAt } from "./column.js";
import { eachPiece } from "./pieces.js";
import { GROUP_POINTS } from "./pyramid.js";
import { axisReader, eachPoint, eachRow } from "./rows.js";
import { bucketOf, eachRun, wholeBucket } from "./runs.js";
import type { ReadablePiece, ReadableSeries, Window } from "./series.js";
import { addGroupSums, addSum, addValueSum, emptySums, meansOf, roundedAway, type Sums } from "./sums.js";

/** What each bucket holds, by bucket number; a count of 0 is an empty bucket. */
export interface Buckets {
  count: Float64Array;
  nan: Float64Array;
  /** Over values that are not NaN; NaN if there are none. */
  min: Float64Array;
  max: Float64Array;
  /** Axis and value of the point that arrived last. */
  x: Float64Array;
  last: Float64Array;
  /** Where means are asked for. */
  sums: Sums | undefined;
  /** Points in the window. */
  total: number;
  /** A sentence for each part of the series that is damaged: its points are missing. */
  damage: string[];
}

/**
 * Fills the buckets of a window, exactly: as if every raw point had been looked at.
 * Chunks and groups of 64 that lie in one bucket count as a whole; only at the edges are values read.
 *
 * @param series - the series
 * @param window - `from` at most `to`
 * @param hasSums - sums are made, too
 */
export function fillBuckets(series: ReadableSeries, window: Window, hasSums: boolean): Buckets {
  const { buckets } = window;
  const filled: Buckets = {
    count: new Float64Array(buckets),
    nan: new Float64Array(buckets),
    min: new Float64Array(buckets).fill(Number.NaN),
    max: new Float64Array(buckets).fill(Number.NaN),
    x: new Float64Array(buckets),
    last: new Float64Array(buckets),
    sums: hasSums ? emptySums(buckets) : undefined,
    total: 0,
    damage: [],
  };
  filled.damage = eachPiece(series, (piece) => fillFromPiece(piece, window, filled));
  return filled;
}

function fillFromPiece(piece: ReadablePiece, window: Window, filled: Buckets): void {
  if (piece.rows !== undefined) return eachRow(piece, window, (x, value) => addPoint(filled, bucketOf(window, x), x, value));
  const { head } = piece;
  const range = head.axes[AXIS[window.axis]];
  if (!(range.max >= window.from && range.min <= window.to)) return;
  if (!range.isSorted) return eachRow(piece, window, (x, value) => addPoint(filled, bucketOf(window, x), x, value));
  const bucket = wholeBucket(range, window);
  const isSummed = filled.sums === undefined || head.sum !== undefined;
  if (bucket >= 0 && isSummed) {
    addTotals(filled, bucket, head.count, head.nan, head.min, head.max);
    if (filled.sums !== undefined) addSum(filled.sums, bucket, head.sum!, head.count - head.nan - head.infinite);
    filled.x[bucket] = range.last;
    filled.last[bucket] = head.last;
    return;
  }
  fillFromSorted(head, piece.load(window), window, filled);
}

/** Fills from the runs of a sorted chunk. */
function fillFromSorted(head: ChunkHead, body: ChunkBody, window: Window, filled: Buckets): void {
  const xAt = axisReader(head, body, window.axis);
  eachRun(head, xAt, window, (bucket, start, end) => {
    addRows(filled, bucket, body, start, end);
    filled.x[bucket] = xAt(end - 1);
    filled.last[bucket] = end === head.count ? head.last : columnAt(body.value, end - 1);
  });
}

/** Adds rows of one bucket: whole groups by their least and greatest, the rest by value. */
function addRows(filled: Buckets, bucket: number, body: ChunkBody, start: number, end: number): void {
  const firstGroup = Math.ceil(start / GROUP_POINTS);
  const endGroup = Math.floor(end / GROUP_POINTS);
  if (firstGroup >= endGroup) return addValues(filled, bucket, body, start, end);
  addValues(filled, bucket, body, start, firstGroup * GROUP_POINTS);
  const { groupMin, groupMax, groupNan } = body;
  let min = filled.min[bucket]!;
  let max = filled.max[bucket]!;
  let nan = 0;
  for (let group = firstGroup; group < endGroup; group++) {
    const least = groupMin[group]!;
    const most = groupMax[group]!;
    if (!(least >= min) && least === least) min = least;
    if (!(most <= max) && most === most) max = most;
    if (groupNan !== undefined) nan += groupNan[group]!;
  }
  addTotals(filled, bucket, (endGroup - firstGroup) * GROUP_POINTS, nan, min, max);
  if (filled.sums !== undefined) addGroupSums(filled.sums, bucket, body, firstGroup, endGroup);
  addValues(filled, bucket, body, endGroup * GROUP_POINTS, end);
}

function addValues(filled: Buckets, bucket: number, { value: { rest, base } }: ChunkBody, start: number, end: number): void {
  if (start >= end) return;
  let min = filled.min[bucket]!;
  let max = filled.max[bucket]!;
  let nan = 0;
  let infinite = 0;
  let sum = 0;
  let lost = 0;
  // In one pass, sums that are not asked for as well: most of an answer's time goes by here.
  for (let row = start; row < end; row++) {
    const value = rest === undefined ? base : rest[row]!;
    if (value !== value) {
      nan++;
      continue;
    }
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
    if (value - value !== 0) {
      infinite++;
      continue;
    }
    const next = sum + value;
    lost += roundedAway(sum, value, next);
    sum = next;
  }
  addTotals(filled, bucket, end - start, nan, min, max);
  if (filled.sums !== undefined) addSum(filled.sums, bucket, sum, end - start - nan - infinite, lost);
}

function addTotals(filled: Buckets, bucket: number, count: number, nan: number, min: number, max: number): void {
  filled.count[bucket]! += count;
  filled.nan[bucket]! += nan;
  filled.total += count;
  if (min === min && !(min >= filled.min[bucket]!)) filled.min[bucket] = min;
  if (max === max && !(max <= filled.max[bucket]!)) filled.max[bucket] = max;
}

function addPoint(filled: Buckets, bucket: number, x: number, value: number): void {
  addTotals(filled, bucket, 1, value === value ? 0 : 1, value, value);
  if (filled.sums !== undefined) addValueSum(filled.sums, bucket, value);
  filled.x[bucket] = x;
  filled.last[bucket] = value;
}

/** Scales values so far down that no sum of them overflows. */
const SUM_SCALE = 2 ** -64;

/**
 * Means over the finite values of the buckets, to about one unit of the last digit of their sum's greatest part.
 *
 * @param filled - buckets of the window, with sums
 * @returns them by bucket; NaN for one without finite values
 */
export function bucketMeans(series: ReadableSeries, window: Window, { sums, min, max }: Buckets): Float64Array {
  const { finite } = sums!;
  let means = meansOf(sums!);
  if (means.some((mean, bucket) => finite[bucket] !== 0 && !Number.isFinite(mean))) {
    // A sum is beyond float64, its mean is not.
    const scaled = emptySums(window.buckets);
    eachPoint(series, window, (x, value) => addValueSum(scaled, bucketOf(window, x), value * SUM_SCALE));
    const exact = meansOf(scaled);
    means = means.map((mean, bucket) => (Number.isFinite(mean) ? mean : exact[bucket]! / SUM_SCALE));
  }
  // Rounding does not lead out of the values' range.
  return means.map((mean, bucket) => Math.min(max[bucket]!, Math.max(min[bucket]!, mean)));
}
