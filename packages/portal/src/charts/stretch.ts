/** A stretch of an axis, from its first to its last place. */
export type Stretch = readonly [from: number, to: number];

/**
 * Moves the ends of what is shown of an axis: zoom and pan are both this.
 *
 * @param shown - stretch that is shown now
 * @param whole - the whole axis: nothing beyond it is shown
 * @param left - new left end, as a part of what is shown: 0 is the left end of now, 1 the right one
 * @param right - new right end, likewise
 * @param isLog - whether the axis is logarithmic
 * @returns the new stretch, `undefined` for the whole axis; the old one where the new one has no length that a float64 can tell
 */
export function stretched(shown: Stretch, whole: Stretch, left: number, right: number, isLog: boolean): Stretch | undefined {
  const [from, to] = place(shown, isLog);
  const [first, last] = place(whole, isLog);
  const length = (to - from) * (right - left);
  let start = from + left * (to - from);
  // What would go over an end stops at it, and keeps its length.
  start = Math.min(Math.max(start, first), Math.max(last - length, first));
  if (start <= first && start + length >= last) return undefined;
  const moved = [start, start + length].map((at) => (isLog ? 10 ** at : at)) as [number, number];
  return moved[0] < moved[1] ? moved : shown;
}

function place(stretch: Stretch, isLog: boolean): [number, number] {
  return stretch.map((at) => (isLog ? Math.log10(at) : at)) as [number, number];
}

/**
 * @param a - a stretch
 * @param b - another
 * @returns whether they share more than an end
 */
export function overlaps(a: Stretch, b: Stretch): boolean {
  return a[0] < b[1] && b[0] < a[1];
}
