import type { AxisRange } from "./axis.js";
import { AXIS, type ChunkHead } from "./chunk.js";
import { GROUP_POINTS } from "./pyramid.js";
import type { Window } from "./series.js";

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
 * @param range - of a chunk or a part of one, not outside of the window
 * @returns the bucket that has all of it; -1 where it is cut
 */
export function wholeBucket(range: AxisRange, window: Window): number {
  if (!(range.isSorted && range.min >= window.from && range.max <= window.to)) return -1;
  const bucket = bucketOf(window, range.min);
  return bucket === bucketOf(window, range.max) ? bucket : -1;
}

/**
 * Cuts a sorted chunk at the buckets' edges.
 *
 * @param xAt - place of a row on the axis
 * @param take - called with each bucket that has rows: the first, and the one after the last
 */
export function eachRun(
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
 * @returns groups of 64, each once
 */
export function edgeGroups(head: ChunkHead, xAt: (row: number) => number, window: Window): number[] {
  const groups: number[] = [];
  const add = (group: number): void => {
    // Runs follow each other.
    if (groups.at(-1) !== group) groups.push(group);
  };
  eachRun(head, xAt, window, (_bucket, start, end) => {
    if (start % GROUP_POINTS > 0) add(Math.floor(start / GROUP_POINTS));
    // The last value is that of the bucket, and what is in front of it may be less than a group; the last one of all is in the head.
    if (end < head.count || end % GROUP_POINTS > 0) add(Math.floor((end - 1) / GROUP_POINTS));
  });
  return groups;
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
