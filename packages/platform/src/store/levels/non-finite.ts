import type { NonFinitePoints } from "../contract/window.js";
import { AXIS, type ChunkBody, type ChunkHead } from "./chunk.js";
import { columnAt } from "./column.js";
import { readPiece } from "./pieces.js";
import { GROUP_POINTS } from "./pyramid.js";
import { axisReader, eachRow } from "./rows.js";
import type { ReadableSeries, Window } from "./series.js";

/**
 * Finds points of a window whose value is not finite. Chunks without any are not read; of the others only groups that have some.
 *
 * @param most - points to find: the first ones in order of arrival
 */
export function nonFinitePoints(series: ReadableSeries, window: Window, most: number): NonFinitePoints {
  const found: NonFinitePoints = { x: [], value: [] };
  const take = (x: number, value: number): void => {
    if (Number.isFinite(value) || !(x >= window.from && x <= window.to) || found.x.length >= most) return;
    found.x.push(x);
    found.value.push(value);
  };
  for (const piece of series.pieces()) {
    if (found.x.length >= most) break;
    if ("head" in piece && piece.head !== undefined && !mayHave(piece.head, window)) continue;
    readPiece(piece, (readable) => {
      if (readable.rows !== undefined) eachRow(readable, window, take);
      else eachOdd(readable.head, readable.load(), window, take);
    });
  }
  return found;
}

function mayHave(head: ChunkHead, { axis, from, to }: Window): boolean {
  const range = head.axes[AXIS[axis]];
  // A head of format 1 does not tell infinities.
  const hasSome = head.nan > 0 || head.infinite > 0 || head.sum === undefined;
  return hasSome && range.max >= from && range.min <= to;
}

function eachOdd(head: ChunkHead, body: ChunkBody, { axis }: Window, take: (x: number, value: number) => void): void {
  const xAt = axisReader(head, body, axis);
  const { count, groupNan, groupInfinite } = body;
  for (let start = 0, group = 0; start < count; start += GROUP_POINTS, group++) {
    if ((groupNan?.[group] ?? 0) + (groupInfinite?.[group] ?? 0) === 0) continue;
    const end = Math.min(count, start + GROUP_POINTS);
    for (let row = start; row < end; row++) take(xAt(row), columnAt(body.value, row));
  }
}
