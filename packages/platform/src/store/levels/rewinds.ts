import type { Rewind } from "../contract/window.js";
import { AXIS } from "./chunk.js";
import { eachPiece, readPiece } from "./pieces.js";
import { rowsOf } from "./points.js";
import type { Piece, ReadableSeries } from "./series.js";

/**
 * Finds where the steps of a series go back: a run that went on from an earlier checkpoint. Chunks whose steps never fall are not read.
 *
 * @param most - rewinds to look for
 * @returns the first of them; one more than `most` where there are more
 */
export function findRewinds(series: ReadableSeries, most: number): Rewind[] {
  const found: Rewind[] = [];
  let point = 0;
  let last = -Infinity;
  eachPiece(series, (piece) => {
    if (found.length > most) return;
    const range = piece.head?.axes[AXIS.step];
    const first = point;
    // Also where it cannot be read: its head has counted its points.
    point += piece.head?.count ?? piece.rows!.count;
    if (range?.isSorted === true) {
      if (range.min < last) found.push({ point: first, from: last, to: range.min });
      last = range.last;
      return;
    }
    const rows = rowsOf(piece);
    for (let row = 0; row < rows.count && found.length <= most; row++) {
      const step = rows.step[row]!;
      if (step < last) found.push({ point: first + row, from: last, to: step });
      if (!Number.isNaN(step)) last = step;
    }
  });
  return found;
}

/**
 * @param series - any series
 * @param first - number of its first point that counts, in order of arrival
 * @param end - number of the first one that does not any more
 * @returns the series as if it had no other points; what is damaged counts as no points
 */
export function segmentOf(series: ReadableSeries, first: number, end: number): ReadableSeries {
  const { name, labels, key, totals } = series;
  return { name, labels, key, totals, pieces: () => segmentPieces(series.pieces(), first, end) };
}

function segmentPieces(pieces: readonly Piece[], first: number, end: number): Piece[] {
  let at = 0;
  return pieces.flatMap((piece): Piece[] => {
    if ("damage" in piece) return [piece];
    const start = at;
    at += piece.rows === undefined ? piece.head.count : piece.rows.count;
    if (at <= first || start >= end) return [];
    if (start >= first && at <= end) return [piece];
    const read = readPiece(piece, rowsOf);
    if ("damage" in read) return [read];
    const [from, to] = [Math.max(first - start, 0), end - start];
    const { step, time, epoch, value, timeBaseHi } = read.result;
    const cut = (column: Float64Array): Float64Array => column.subarray(from, to);
    const rows = { step: cut(step), time: cut(time), epoch: cut(epoch), value: cut(value), timeBaseHi };
    return [{ rows: { ...rows, count: rows.step.length } }];
  });
}
