import type { SeriesAxis } from "ava-protocol";
import { AXIS, axisTimeMs, type ChunkBody, type ChunkHead } from "./chunk.js";
import { columnAt } from "./column.js";
import { eachPiece } from "./pieces.js";
import type { ReadablePiece, ReadableSeries, Window } from "./series.js";

/** One point in the window. */
export type TakePoint = (x: number, value: number) => void;

/**
 * Hands out the points of a window in order of arrival.
 *
 * @param take - called with axis and value of each
 * @returns as {@link eachPiece}
 */
export function eachPoint(series: ReadableSeries, window: Window, take: TakePoint): string[] {
  return eachPiece(series, (piece) => {
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
