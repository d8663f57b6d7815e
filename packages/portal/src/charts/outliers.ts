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
/** Rows that a curve takes at least to come down, or up, to what is usual: fewer are a spike. */
const FEWEST_ROWS_OF_START = 3;
/** Rows of such a start that may lie within what is usual, one after another: curves are noisy. */
const MOST_ROWS_WITHIN = 3;
/** A value so many times as far out as both of its neighbours is a spike, also within a start. */
const SPIKE = 3;
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
  const drawn: Row[][] = [];
  for (const { x, min, max } of lines) {
    const rows: Row[] = [];
    drawn.push(rows);
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < fromX || x[i]! > toX) continue;
      for (const value of min[i] === max[i] ? [max[i]!] : [min[i]!, max[i]!]) if (isDrawable(value, isLog)) values.push(place(value));
      if (isDrawable(min[i]!, isLog) && isDrawable(max[i]!, isLog)) rows.push([place(min[i]!), place(max[i]!)]);
    }
  }
  if (values.length < FEWEST_VALUES) return undefined;
  const ordered = Float64Array.from(values).sort();
  const least = ordered[Math.floor(ordered.length * TAIL)]!;
  const greatest = ordered[Math.ceil(ordered.length * (1 - TAIL)) - 1]!;
  const room = REACH * (greatest - least || Math.abs(greatest) * LEAST_LENGTH || LEAST_LENGTH);
  const outside = (low: number, high: number): number => values.filter((value) => value < low || value > high).length;
  if (outside(least - room, greatest + room) === 0) return undefined;
  // A curve comes down from far above, or up from far below, at its beginning: that is usual, too.
  const top = Math.max(...drawn.map((rows) => startOf(rows.map(([, most]) => most - greatest))));
  const bottom = Math.max(...drawn.map((rows) => startOf(rows.map(([fewest]) => least - fewest))));
  const [low, high] = [least - Math.max(room, REACH * bottom), greatest + Math.max(room, REACH * top)];
  const count = outside(low, high);
  if (count === 0) return undefined;
  const back = (value: number): number => (isLog ? Math.exp(value) : value);
  return { low: back(low), high: back(high), outside: count };
}

/** Least and greatest value of a row, as distances are measured. */
type Row = readonly [min: number, max: number];

/**
 * @param beyond - how far each row lies beyond what is usual; negative within
 * @returns how far out a line is as it begins, where it comes in from there row by row; 0 for any other line
 */
function startOf(beyond: readonly number[]): number {
  const start: number[] = [];
  for (let i = 0, within = 0; i < beyond.length && within <= MOST_ROWS_WITHIN; i++) {
    within = beyond[i]! > 0 ? 0 : within + 1;
    if (beyond[i]! > 0) start.push(i);
  }
  const isSpike = (i: number): boolean => beyond[i]! > SPIKE * Math.max(beyond[i - 1] ?? 0, beyond[i + 1] ?? 0, 0);
  const gradual = start.filter((i) => !isSpike(i)).map((i) => beyond[i]!);
  return gradual.length < FEWEST_ROWS_OF_START ? 0 : Math.max(...gradual);
}
