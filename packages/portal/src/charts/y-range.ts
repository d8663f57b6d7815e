import { isDrawable } from "./align.js";
import type { Columns } from "./columns.js";

/** Room above and below the lines, as a part of their height. */
const PADDING = 0.06;

/**
 * The y range that shows everything within an x range and no more: zero is in it only where the values are.
 *
 * @param lines - columns of the visible lines
 * @param fromX - left edge
 * @param toX - right edge
 * @param isLog - whether the axis is logarithmic
 * @param within - only values in here count
 * @returns least and greatest value of the axis; `undefined` when there is nothing to draw
 */
export function yRange(
  lines: readonly Columns[],
  fromX: number,
  toX: number,
  isLog: boolean,
  within?: { low: number; high: number },
): [min: number, max: number] | undefined {
  let least = Infinity;
  let greatest = -Infinity;
  for (const columns of lines.flatMap((line) => [line, ...(line.left ?? [])])) {
    for (let i = 0; i < columns.x.length; i++) {
      if (columns.x[i]! < fromX || columns.x[i]! > toX) continue;
      for (const column of [columns.min, columns.last, columns.max]) {
        const value = column[i]!;
        if (!isDrawable(value, isLog) || (within !== undefined && (value < within.low || value > within.high))) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  if (least === Infinity) return undefined;
  return isLog ? padLog(least, greatest) : padLinear(least, greatest);
}

function padLinear(least: number, greatest: number): [number, number] {
  if (least === greatest) {
    const room = least === 0 ? 1 : Math.abs(least) * 0.05;
    return [least - room, greatest + room];
  }
  // Halves first: the difference of two very large values would overflow.
  const room = (greatest / 2 - least / 2) * 2 * PADDING;
  // Values that are never negative get no negative axis from the padding.
  const low = least >= 0 && least - room < 0 ? 0 : least - room;
  const high = greatest <= 0 && greatest + room > 0 ? 0 : greatest + room;
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [least, greatest];
}

function padLog(least: number, greatest: number): [number, number] {
  const factor = least === greatest ? 2 : Math.min((greatest / least) ** PADDING, 10);
  const low = least / factor;
  const high = greatest * factor;
  return [low > 0 ? low : least, Number.isFinite(high) ? high : greatest];
}
