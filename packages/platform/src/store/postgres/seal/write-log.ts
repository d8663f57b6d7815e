import { decodeMarks, encodeMarks } from "../../held/log-marks.js";
import { PIECE_BYTES } from "../../held/log-stretch.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { rowSum } from "./sealed-state.js";

interface Piece {
  start: number;
  bytes: Buffer;
  marks: Buffer;
  sum: number;
}

/** Writes what a log has that is not sealed; a last piece that is short goes on. */
export async function writeLog(ask: Ask, { no, log }: HeldInstance): Promise<void> {
  if (log.waiting.length === 0) return;
  const [last] = await ask<Piece>("SELECT start, bytes, marks, sum FROM ava.log_pieces WHERE instance = $1 ORDER BY start DESC LIMIT 1", [
    no,
  ]);
  // One that is damaged does not end there.
  const isOpen =
    last !== undefined &&
    last.bytes.length < PIECE_BYTES &&
    last.start + last.bytes.length === log.storedBytes &&
    rowSum(no, last.start, last.bytes, last.marks) === last.sum;
  const start = isOpen ? last.start : log.storedBytes;
  const marks = isOpen ? decodeMarks(last) : [];
  let end = log.storedBytes;
  for (const { timeNs, stream, bytes } of log.waiting) {
    if (bytes.length > 0) marks.push({ offset: end, timeNs, stream });
    end += bytes.length;
  }
  const bytes = Buffer.concat([...(isOpen ? [last.bytes] : []), ...log.waiting.map((record) => record.bytes)]);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    const ofPiece = encodeMarks(marks, start + at, piece.length);
    await ask(
      `INSERT INTO ava.log_pieces (instance, start, bytes, marks, sum) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (instance, start) DO UPDATE SET bytes = excluded.bytes, marks = excluded.marks, sum = excluded.sum`,
      [no, start + at, piece, ofPiece, rowSum(no, start + at, piece, ofPiece)],
    );
  }
}
