import { damaged } from "../../error.js";
import type { PointBlock, RawRows } from "../contract/points.js";
import { type Column, columnValues } from "./column.js";
import { readPiece } from "./pieces.js";
import type { ReadablePiece, ReadableSeries } from "./series.js";

/**
 * Looks for points that cannot be read, in steps.
 *
 * @param all - series of an instance
 * @param tell - called with a sentence for each part that is damaged
 */
export function* findDamage(all: Iterable<ReadableSeries>, tell: (sentence: string) => void): Generator<void, void> {
  for (const series of all) {
    for (const piece of series.pieces()) {
      const read = readPiece(piece, (readable) => void readable.load?.());
      if ("damage" in read) tell(read.damage);
      yield;
    }
  }
}

/**
 * Every point of an instance, series by series, each in order of arrival.
 *
 * @param instance - its id
 * @param all - its series
 * @param skipsDamage - points that are damaged are left out
 * @param keys - of the series that are wanted; absent for all
 * @throws PlatformError `store_damaged` when it comes to damage that is not to be left out
 */
export function* pointBlocks(
  instance: string,
  all: Iterable<ReadableSeries>,
  skipsDamage: boolean,
  keys?: ReadonlySet<string>,
): Generator<PointBlock, void> {
  for (const series of all) {
    if (keys?.has(series.key) === false) continue;
    const { name, labels } = series;
    for (const piece of series.pieces()) {
      const read = readPiece(piece, rowsOf);
      if ("result" in read) yield { instance, name, labels, rows: read.result };
      else if (!skipsDamage) throw damaged(read.damage);
    }
  }
}

/** @returns the rows of a part, read from its chunk where it is one. @throws PlatformError `store_damaged` */
export function rowsOf(piece: ReadablePiece): RawRows {
  if (piece.rows !== undefined) return piece.rows;
  const { count, step, time, epoch, value } = piece.load();
  const { timeBaseHi } = piece.head;
  const valuesOf = (column: Column): Float64Array => columnValues(column, count);
  return { count, timeBaseHi, step: valuesOf(step), time: valuesOf(time), epoch: valuesOf(epoch), value: valuesOf(value) };
}
