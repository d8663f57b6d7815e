import type { RawRows } from "../../contract/points.js";
import { Series } from "../../held/series.js";
import { decodeChunk, type EncodedChunk, encodeChunk, splitOffset } from "../../levels/chunk.js";
import { rowsOf } from "../../levels/points.js";
import { TURN } from "../hold/held.js";

/** Chunks that are to be sealed: whole ones, then one that is not full, which is sealed anew with what comes behind it. */
export interface Chunks {
  whole: readonly EncodedChunk[];
  last: EncodedChunk | undefined;
}

/**
 * @param last - points of the chunk that was not full; absent where there is none
 * @param series - has the points that have come since
 */
export function rechunk(last: RawRows | undefined, { waiting, tail, no, instance, name, labels, source }: Series): Chunks {
  if (last === undefined) return { whole: waiting, last: tail && encodeChunk(tail) };
  // Of the same kind as the one they come from: chunks are full, or end where times are too far apart.
  const joined = new Series(no, instance, name, labels, source, TURN);
  appendAll(joined, last);
  for (const { head, body } of waiting) appendAll(joined, rowsOf({ head, load: () => decodeChunk(body, head) }));
  if (tail !== undefined) appendAll(joined, tail);
  return { whole: joined.waiting, last: joined.tail && encodeChunk(joined.tail) };
}

function appendAll(series: Series, { count, timeBaseHi, step, epoch, time, value }: RawRows): void {
  for (let row = 0; row < count; row++) {
    const { hi, lo } = splitOffset(timeBaseHi, time[row]!);
    series.append(step[row]!, epoch[row]!, hi, lo, value[row]!);
  }
}
