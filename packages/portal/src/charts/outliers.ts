import { isDrawable } from "./align.js";
import type { Columns } from "./columns.js";

/** Range within which all but a few values lie. */
export interface Fences {
  low: number;
  high: number;
  /** Values beyond, of rows in view; a row may have more points than it shows. */
  outside: number;
}

/** Fewer values say too little about what is usual. */
const FEWEST_VALUES = 20;
/** Part of the values at either end that does not count for what is usual. */
const TAIL = 0.05;
/** How far beyond what is usual, in lengths of it, a value is an outlier: the steep start of a loss curve is not. */
const REACH = 2;
/** Where what is usual is one value, so much of it counts as its length. */
const LEAST_LENGTH = 0.05;

/**
 * Looks for values that lie far from all others and so press the rest of a chart flat.
 *
 * @param lines - columns of the visible lines
 * @param fromX - left edge of the view
 * @param toX - right edge
 * @param isLog - whether the y axis is logarithmic: then distances are ratios
 * @returns the range of the others; `undefined` where no value lies outside
 */
export function findFences(lines: readonly Columns[], fromX: number, toX: number, isLog: boolean): Fences | undefined {
  const place = (value: number): number => (isLog ? Math.log(value) : value);
  const values: number[] = [];
  for (const { x, min, max } of lines) {
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < fromX || x[i]! > toX) continue;
      for (const value of min[i] === max[i] ? [max[i]!] : [min[i]!, max[i]!]) if (isDrawable(value, isLog)) values.push(place(value));
    }
  }
  if (values.length < FEWEST_VALUES) return undefined;
  const ordered = Float64Array.from(values).sort();
  const least = ordered[Math.floor(ordered.length * TAIL)]!;
  const greatest = ordered[Math.ceil(ordered.length * (1 - TAIL)) - 1]!;
  const room = REACH * (greatest - least || Math.abs(greatest) * LEAST_LENGTH || LEAST_LENGTH);
  const outside = values.filter((value) => value < least - room || value > greatest + room).length;
  if (outside === 0) return undefined;
  const back = (value: number): number => (isLog ? Math.exp(value) : value);
  return { low: back(least - room), high: back(greatest + room), outside };
}
