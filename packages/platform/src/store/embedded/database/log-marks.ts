import type { LogMark } from "../../contract/log.js";

/** i32 offset in the piece, i64 time. */
const MARK_BYTES = 12;

/**
 * @param marks - records in order
 * @param start - offset of a piece of the log
 * @param bytes - its length
 * @returns the records of this piece; the first may have begun before it
 */
export function encodeMarks(marks: readonly LogMark[], start: number, bytes: number): Uint8Array {
  const inPiece: LogMark[] = [];
  for (let i = Math.max(0, lastUpTo(marks, start)); i < marks.length && marks[i]!.offset < start + bytes; i++) inPiece.push(marks[i]!);
  const encoded = Buffer.alloc(inPiece.length * MARK_BYTES);
  for (const [i, { offset, timeNs }] of inPiece.entries()) {
    encoded.writeInt32LE(offset - start, i * MARK_BYTES);
    encoded.writeBigInt64LE(timeNs, i * MARK_BYTES + 4);
  }
  return encoded;
}

/** @returns the records of a stored piece; none for one of format 1 */
export function decodeMarks({ start, marks }: { start: number; marks: Uint8Array | null }): LogMark[] {
  if (marks === null) return [];
  const view = new DataView(marks.buffer, marks.byteOffset, marks.byteLength);
  return Array.from({ length: marks.length / MARK_BYTES }, (_, i) => ({
    offset: start + view.getInt32(i * MARK_BYTES, true),
    timeNs: view.getBigInt64(i * MARK_BYTES + 4, true),
  }));
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
