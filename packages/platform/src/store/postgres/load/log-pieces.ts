import { type LogPiece, PIECE_BYTES } from "../../held/log-stretch.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { rowSum } from "../seal/sealed-state.js";

/**
 * Reads sealed pieces of a log that lie in a stretch of it.
 *
 * @returns them in order, those that are damaged left out. @throws PlatformError `store_failed`
 */
export async function readLogPieces(ask: Ask, { no, log }: HeldInstance, start: number, end: number): Promise<LogPiece[]> {
  if (start >= log.storedBytes || start >= end) return [];
  type Row = LogPiece & { bytes: Buffer; marks: Buffer; sum: number };
  const text = "SELECT start, bytes, marks, sum FROM ava.log_pieces WHERE instance = $1 AND start > $2 AND start < $3 ORDER BY start";
  const rows = await ask<Row>(text, [no, start - PIECE_BYTES, Math.min(end, log.storedBytes)]);
  return rows.filter((row) => row.start + row.bytes.length > start && rowSum(no, row.start, row.bytes, row.marks) === row.sum);
}
