import type { LogMark } from "../contract/log.js";
import { type LogText, waitingRecords } from "../state/instance.js";
import { decodeMarks, lastUpTo } from "./log-marks.js";

/** Bytes up to which a stored piece of log text is extended. */
export const PIECE_BYTES = 65_536;

/** A stored piece of a log. */
export interface LogPiece {
  start: number;
  bytes: Uint8Array;
  /** As of `encodeMarks`; null where they were not kept. */
  marks: Uint8Array | null;
}

/** Bytes of a log. */
export interface LogBytes {
  bytes: Buffer;
  /** A sentence for each stretch that cannot be read: words of the same length stand for it. */
  damage: string[];
  /** Where these are. */
  gaps: [start: number, end: number][];
}

/**
 * @param pieces - stored ones that lie in the stretch, in order, those that are damaged left out
 * @param start - offset of the first byte
 * @param end - offset after the last; at most the log's size
 * @param tellGap - gives the sentence for a stretch that is missing
 */
export function logBytesOf(
  log: LogText,
  pieces: readonly LogPiece[],
  start: number,
  end: number,
  tellGap: (start: number, end: number) => string,
): LogBytes {
  const parts: Uint8Array[] = [];
  const damage: string[] = [];
  const gaps: [number, number][] = [];
  let at = start;
  const gapUntil = (offset: number): void => {
    if (offset <= at) return;
    damage.push(tellGap(at, offset));
    gaps.push([at, offset]);
    parts.push(standIn(offset - at));
    at = offset;
  };
  // What is stored meanwhile may have made the last piece longer.
  const endStored = Math.min(end, log.storedBytes);
  for (const piece of pieces) {
    gapUntil(Math.min(piece.start, endStored));
    const part = piece.bytes.subarray(Math.max(0, at - piece.start), Math.max(0, endStored - piece.start));
    parts.push(part);
    at += part.length;
  }
  gapUntil(endStored);
  for (const { offset, bytes } of waitingRecords(log)) {
    if (offset < end && offset + bytes.length > start) parts.push(bytes.subarray(Math.max(0, start - offset), Math.max(0, end - offset)));
  }
  return { bytes: Buffer.concat(parts), damage, gaps };
}

/** @returns the records that lie in a stretch of a log, with their times; as of {@link logBytesOf} */
export function logMarksOf(log: LogText, pieces: readonly LogPiece[], start: number, end: number): LogMark[] {
  const marks = pieces.flatMap(decodeMarks).filter(({ offset }) => offset < log.storedBytes);
  for (const { bytes, ...mark } of waitingRecords(log)) if (bytes.length > 0) marks.push(mark);
  // A record may begin in one piece and go on in others.
  const found = marks.filter((mark, i) => mark.offset < end && mark.offset !== marks[i - 1]?.offset);
  return found.slice(Math.max(0, lastUpTo(found, start)));
}

/** Offsets in the log stay what they are, so what is missing is as long as what was there. */
function standIn(length: number): Buffer {
  const bytes = Buffer.alloc(length, " ");
  bytes.write(`[${length} bytes of this log are damaged and missing]`);
  if (length > 0) bytes[length - 1] = 0x0a;
  return bytes;
}
