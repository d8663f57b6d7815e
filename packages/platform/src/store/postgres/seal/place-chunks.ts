import type { PlacedChunk } from "../segments/overview.js";
import type { StoredBodies } from "../segments/stored-bodies.js";
import type { PackedSeries } from "./pack-series.js";

/** Bytes of a segment from which on the next is begun. */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/** A segment whose row is to be written. */
export type NewSegment = Awaited<ReturnType<StoredBodies["keep"]>>;

/**
 * Gives new chunks their places in segments.
 *
 * @returns the segments, and the places by series
 * @throws PlatformError `store_failed`, `store_full`
 */
export async function placeChunks(
  all: readonly PackedSeries[],
  bodies: StoredBodies,
): Promise<{ segments: NewSegment[]; placed: Map<PackedSeries, PlacedChunk[]> }> {
  const segments: NewSegment[] = [];
  const placed = new Map<PackedSeries, PlacedChunk[]>(all.map((of) => [of, []]));
  let parts: Uint8Array[] = [];
  let waiting: { of: PackedSeries; chunk: Omit<PlacedChunk, "segment"> }[] = [];
  let at = 0;
  const keep = async (): Promise<void> => {
    if (parts.length === 0) return;
    const segment = await bodies.keep(Buffer.concat(parts));
    segments.push(segment);
    for (const { of, chunk } of waiting) placed.get(of)!.push({ ...chunk, segment: segment.no });
    parts = [];
    waiting = [];
    at = 0;
  };
  for (const of of all) {
    for (const { head, shape, bytes } of of.whole) {
      waiting.push({ of, chunk: { head, shape, at } });
      parts.push(bytes);
      at += bytes.length;
      if (at >= SEGMENT_BYTES) await keep();
    }
  }
  await keep();
  return { segments, placed };
}
