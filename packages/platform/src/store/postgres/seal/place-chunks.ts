import type { PlacedChunk } from "../segments/overview.js";
import type { PackedSeries } from "./pack-series.js";

/** Bytes of a segment from which on the next is begun. */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/** A segment that is to be written. */
export interface NewSegment {
  no: number;
  bytes: Buffer;
}

/**
 * Gives new chunks their places.
 *
 * @param takeNumbers - gives numbers that no other segment has
 * @returns the segments, and the places by series
 */
export async function placeChunks(
  all: readonly PackedSeries[],
  takeNumbers: (count: number) => Promise<number[]>,
): Promise<{ segments: NewSegment[]; placed: Map<PackedSeries, PlacedChunk[]> }> {
  const parts: Uint8Array[][] = [];
  const places: { of: PackedSeries; chunk: Omit<PlacedChunk, "segment">; segment: number }[] = [];
  let at = SEGMENT_BYTES;
  for (const of of all) {
    for (const { head, shape, bytes } of of.whole) {
      if (at >= SEGMENT_BYTES) {
        parts.push([]);
        at = 0;
      }
      places.push({ of, chunk: { head, shape, at }, segment: parts.length - 1 });
      parts.at(-1)!.push(bytes);
      at += bytes.length;
    }
  }
  const numbers = parts.length === 0 ? [] : await takeNumbers(parts.length);
  const placed = new Map<PackedSeries, PlacedChunk[]>(all.map((of) => [of, []]));
  for (const { of, chunk, segment } of places) placed.get(of)!.push({ ...chunk, segment: numbers[segment]! });
  return { segments: parts.map((chunks, i) => ({ no: numbers[i]!, bytes: Buffer.concat(chunks) })), placed };
}
