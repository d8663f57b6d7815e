import type { Labels } from "ava-protocol";
import { damaged } from "../../store/embedded/damage.js";
import type { Instance } from "../../store/embedded/instance/instance.js";
import type { ReadablePiece } from "../../store/embedded/series/series.js";
import type { RawRows } from "../../store/levels/chunk.js";
import { type Column, columnValues } from "../../store/levels/column.js";
import { readPiece } from "../pieces.js";

/** Up to 4096 points of one series, in order of arrival; an absent epoch is NaN. The rows hold only until the next block is asked for. */
export interface PointBlock {
  instance: string;
  name: string;
  labels: Labels;
  rows: RawRows;
}

/**
 * Looks for points that cannot be read, in steps.
 *
 * @param instances - where to look
 * @param tell - called with a sentence for each part that is damaged
 */
export function* findDamage(instances: readonly Instance[], tell: (sentence: string) => void): Generator<void, void> {
  for (const instance of instances) {
    for (const sentence of instance.damage) tell(sentence);
    for (const series of instance.series.values()) {
      for (const piece of series.pieces()) {
        const read = readPiece(piece, (readable) => void readable.load?.());
        if ("damage" in read) tell(read.damage);
        yield;
      }
    }
  }
}

/**
 * Every point, instance by instance and series by series, each series in order of arrival.
 *
 * @param instances - whose points
 * @param skipsDamage - points that are damaged are left out
 * @throws PlatformError `store_damaged` when it comes to damage that is not to be left out
 */
export function* pointBlocks(instances: readonly Instance[], skipsDamage: boolean): Generator<PointBlock, void> {
  for (const instance of instances) {
    for (const series of instance.series.values()) {
      const { name, labels } = series;
      for (const piece of series.pieces()) {
        const read = readPiece(piece, rowsOf);
        if ("result" in read) yield { instance: instance.id, name, labels, rows: read.result };
        else if (!skipsDamage) throw damaged(read.damage);
      }
    }
  }
}

function rowsOf(piece: ReadablePiece): RawRows {
  if (piece.rows !== undefined) return piece.rows;
  const { count, step, time, epoch, value } = piece.load();
  const { timeBaseHi } = piece.head;
  const valuesOf = (column: Column): Float64Array => columnValues(column, count);
  return { count, timeBaseHi, step: valuesOf(step), time: valuesOf(time), epoch: valuesOf(epoch), value: valuesOf(value) };
}
