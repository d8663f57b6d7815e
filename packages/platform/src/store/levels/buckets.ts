import type { SeriesAxis } from "ava-protocol";
import { AXIS, axisTimeMs, type ChunkBody, type ChunkHead } from "./chunk.js";
import { columnAt } from "./column.js";
import { eachPiece } from "./pieces.js";
import { GROUP_POINTS } from "./pyramid.js";
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

/** One point in the window. */
export type TakePoint = (x: number, value: number) => void;

/**
 * The bucket of a place on the axis. It never falls as x grows, so a sorted run of points can be cut by searching.
 *
 * @param x - between `from` and `to`
 */
export function bucketOf(window: Window, x: number): number {
  const { from, to, buckets } = window;
  if (x >= to) return buckets - 1;
  return Math.min(buckets - 1, Math.floor(((x - from) / (to - from)) * buckets));
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
  const bucket = bucketOf(window, range.min);
  const isSummed = filled.sums === undefined || head.sum !== undefined;
  if (range.min >= window.from && range.max <= window.to && bucket === bucketOf(window, range.max) && isSummed) {
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
    filled.last[bucket] = columnAt(body.value, end - 1);
  });
}

/**
 * Cuts a sorted chunk at the buckets' edges.
 *
 * @param xAt - place of a row on the axis
 * @param take - called with each bucket that has rows: the first, and the one after the last
 */
function eachRun(
  head: ChunkHead,
  xAt: (row: number) => number,
  window: Window,
  take: (bucket: number, start: number, end: number) => void,
): void {
  const { from, to, buckets } = window;
  const range = head.axes[AXIS[window.axis]];
  const rowsPerX = (head.count - 1) / (range.max - range.min);
  const guess = (x: number): number => Math.floor((x - range.min) * rowsPerX);
  let start = from <= range.min ? 0 : search(0, head.count, guess(from), (row) => xAt(row) >= from);
  while (start < head.count) {
    const x = xAt(start);
    if (x > to) return;
    const bucket = bucketOf(window, x);
    const edge = from + ((bucket + 1) / buckets) * (to - from);
    const end = search(start + 1, head.count, guess(edge), (row) => {
      const next = xAt(row);
      return next > to || bucketOf(window, next) > bucket;
    });
    take(bucket, start, end);
    start = end;
  }
}

/**
 * Says which values of a sorted chunk {@link fillBuckets} reads, beside its levels.
 *
 * @param xAt - place of a row on the axis
 * @returns groups of 64
 */
export function edgeGroups(head: ChunkHead, xAt: (row: number) => number, window: Window): ReadonlySet<number> {
  const groups = new Set<number>();
  eachRun(head, xAt, window, (_bucket, start, end) => {
    if (start % GROUP_POINTS > 0) groups.add(Math.floor(start / GROUP_POINTS));
    // The last value is that of the bucket, and what is in front of it may be less than a group.
    groups.add(Math.floor((end - 1) / GROUP_POINTS));
  });
  return groups;
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
  // In one pass, sums that nobody asked for as well: most of an answer's time goes by here.
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

/**
 * Hands out the points of a window in order of arrival.
 *
 * @param take - called with axis and value of each
 */
export function eachPoint(series: ReadableSeries, window: Window, take: TakePoint): void {
  eachPiece(series, (piece) => {
    const range = piece.head?.axes[AXIS[window.axis]];
    if (range === undefined || (range.max >= window.from && range.min <= window.to)) eachRow(piece, window, take);
  });
}

/** Hands out the points of one part that are in the window. */
export function eachRow(piece: ReadablePiece, window: Window, take: TakePoint): void {
  const { axis, from, to } = window;
  if (piece.rows !== undefined) {
    const { rows } = piece;
    const column = rows[axis];
    for (let row = 0; row < rows.count; row++) {
      const x = axis === "time" ? axisTimeMs(rows.timeBaseHi, column[row]!) : column[row]!;
      if (x >= from && x <= to) take(x, rows.value[row]!);
    }
    return;
  }
  const body = piece.load();
  const xAt = axisReader(piece.head, body, axis);
  for (let row = 0; row < body.count; row++) {
    const x = xAt(row);
    if (x >= from && x <= to) take(x, columnAt(body.value, row));
  }
}

/** @returns reads the place of a row on an axis */
export function axisReader(head: ChunkHead, body: ChunkBody, axis: SeriesAxis): (row: number) => number {
  const column = body[axis];
  if (axis === "time") return (row) => axisTimeMs(head.timeBaseHi, columnAt(column, row));
  const { base, stride, rest } = column;
  return rest === undefined && stride !== 0 ? (row) => base + row * stride : (row) => columnAt(column, row);
}

/**
 * @param guess - row to look at first: where the edge is when points come evenly
 * @returns the first row from `start` on for which `holds` is true, `end` if for none; once true it stays true
 */
function search(start: number, end: number, guess: number, holds: (row: number) => boolean): number {
  let low = start;
  let high = end;
  // Steps away from the guess that double, until the edge lies between `low` and `high`. A guess that is NaN looks at the start.
  let row = guess > start ? Math.min(guess, end - 1) : start;
  for (let stride = 1; low < high && row >= low && row < high; stride *= 2) {
    if (holds(row)) {
      high = row;
      row -= stride;
    } else {
      low = row + 1;
      row += stride;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * @param axis - an axis
 * @returns least and greatest finite place of the series' points on it; `undefined` when it has none
 */
export function axisExtent(series: ReadableSeries, axis: SeriesAxis): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const add = (x: number): void => {
    if (!Number.isFinite(x)) return;
    if (x < from) from = x;
    if (x > to) to = x;
  };
  eachPiece(series, (piece) => {
    const range = piece.head?.axes[AXIS[axis]];
    // Infinite steps hide the finite ones behind them: such a chunk is read.
    if (range !== undefined && Number.isFinite(range.min) && Number.isFinite(range.max)) {
      add(range.min);
      add(range.max);
    } else eachRow(piece, { axis, from: -Number.MAX_VALUE, to: Number.MAX_VALUE, buckets: 1 }, add);
  });
  return from <= to ? { from, to } : undefined;
}
