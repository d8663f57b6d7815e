import { setImmediate } from "node:timers/promises";
import type { LogMatches, LogStretch } from "../contract/log.js";

/** Bytes that are searched at a time; other requests have their turn between. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Searches a log for bytes, piece by piece.
 *
 * @param read - reads a stretch of the log
 * @param text - at least one byte
 * @param start - where to begin
 * @param limit - most places to find
 */
export async function searchLog(
  read: (range: { start: number; bytes: number }) => Promise<LogStretch>,
  text: Uint8Array,
  start: number,
  limit: number,
): Promise<LogMatches> {
  const offsets: number[] = [];
  for (let at = start; ; at += PIECE_BYTES) {
    // So much longer that a match at the end of the piece is whole.
    const { bytes, start: from, size } = await read({ start: at, bytes: PIECE_BYTES + text.length - 1 });
    for (let found = bytes.indexOf(text); found >= 0; found = bytes.indexOf(text, found + 1)) {
      if (offsets.length === limit) return { offsets, nextStart: from + found };
      offsets.push(from + found);
    }
    if (at + PIECE_BYTES >= size) return { offsets };
    // A driver may have read without a turn of the event loop.
    await setImmediate();
  }
}
