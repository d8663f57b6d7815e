import { BLOCK_BYTES } from "ava-kodo";

/** Bytes that one request asks for: long enough that the request costs nothing, short enough that all connections end together. */
export const RANGE_BYTES: number = 4 * BLOCK_BYTES;

/** Some blocks in a row: `start` and `end` are offsets in bytes. */
export interface Range {
  start: number;
  end: number;
}

/**
 * @param digests - of the blocks that are there
 * @param totalBytes - length of the content; absent where it is not known
 * @returns the missing blocks, those in a row together, in ranges of at most {@link RANGE_BYTES}
 */
export function missingRanges(digests: readonly (Uint8Array | undefined)[], totalBytes = 0): Range[] {
  const ranges: Range[] = [];
  for (let start = 0; start < totalBytes; start += BLOCK_BYTES) {
    if (digests[start / BLOCK_BYTES]) continue;
    const end = Math.min(start + BLOCK_BYTES, totalBytes);
    const last = ranges.at(-1);
    if (last?.end === start && end - last.start <= RANGE_BYTES) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}

/**
 * @param digests - of the blocks that are there
 * @param totalBytes - length of the content
 * @returns the length of what is there
 */
export function bytesOf(digests: readonly (Uint8Array | undefined)[], totalBytes = 0): number {
  let bytes = 0;
  for (const [index, digest] of digests.entries()) if (digest) bytes += Math.min(BLOCK_BYTES, totalBytes - index * BLOCK_BYTES);
  return bytes;
}
