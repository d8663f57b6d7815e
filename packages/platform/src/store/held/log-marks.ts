import type { LogMark } from "../contract/log.js";

/** i32 offset in the piece, i64 time, u32 stream. */
const MARK_BYTES = 16;

/** The same without the stream, as a platform before wrote it. Such marks have an even length; those with streams have one byte in front. */
const OLD_MARK_BYTES = 12;

/**
 * @param marks - records in order
 * @param start - offset of a piece of the log
 * @param bytes - its length
 * @returns the records of this piece; the first may have begun before it
 */
export function encodeMarks(marks: readonly LogMark[], start: number, bytes: number): Uint8Array {
  const inPiece: LogMark[] = [];
  for (let i = Math.max(0, lastUpTo(marks, start)); i < marks.length && marks[i]!.offset < start + bytes; i++) inPiece.push(marks[i]!);
  const encoded = Buffer.alloc(1 + inPiece.length * MARK_BYTES);
  for (const [i, { offset, timeNs, stream = 0 }] of inPiece.entries()) {
    encoded.writeInt32LE(offset - start, 1 + i * MARK_BYTES);
    encoded.writeBigInt64LE(timeNs, 1 + i * MARK_BYTES + 4);
    encoded.writeUInt32LE(stream, 1 + i * MARK_BYTES + 12);
  }
  return encoded;
}

/** @returns the records of a stored piece; none for one of format 1 */
export function decodeMarks({ start, marks }: { start: number; marks: Uint8Array | null }): LogMark[] {
  if (marks === null) return [];
  const view = new DataView(marks.buffer, marks.byteOffset, marks.byteLength);
  const hasStreams = marks.length % 2 === 1;
  const markBytes = hasStreams ? MARK_BYTES : OLD_MARK_BYTES;
  const found: LogMark[] = [];
  for (let at = hasStreams ? 1 : 0; at < marks.length; at += markBytes) {
    const stream = hasStreams ? view.getUint32(at + 12, true) : 0;
    found.push({
      offset: start + view.getInt32(at, true),
      timeNs: view.getBigInt64(at + 4, true),
      ...(stream === 0 ? {} : { stream }),
    });
  }
  return found;
}

/** @returns index of the last record that begins at an offset or before it; -1 when there is none */
export function lastUpTo(marks: readonly LogMark[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (marks[middle]!.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
