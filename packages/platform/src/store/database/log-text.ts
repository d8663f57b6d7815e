import type Database from "libsql";
import type { Instance } from "../instance/instance.js";
import { type Blob, blobBytes } from "./open.js";

/** Bytes up to which a stored piece of log text is extended. */
const PIECE_BYTES = 65_536;

/**
 * Stores the log text that has come since the last checkpoint; runs inside its transaction.
 *
 * @param instance - not changed
 */
export function saveLog(db: Database.Database, instance: Instance): void {
  const { storedBytes, waiting, waitingBytes } = instance.log;
  if (waitingBytes === 0) return;
  const last = db.prepare("SELECT start, bytes FROM log_pieces WHERE instance = ? ORDER BY start DESC LIMIT 1").get(instance.id) as
    | { start: number; bytes: Uint8Array }
    | undefined;
  const hasRoom = last !== undefined && last.bytes.length < PIECE_BYTES;
  const start = hasRoom ? last.start : storedBytes;
  const bytes = Buffer.concat(hasRoom ? [last.bytes, ...waiting] : waiting);
  const insert = db.prepare(
    "INSERT INTO log_pieces (instance, start, bytes) VALUES (?, ?, ?) ON CONFLICT (instance, start) DO UPDATE SET bytes = excluded.bytes",
  );
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    insert.run(instance.id, start + at, bytes.subarray(at, at + PIECE_BYTES));
  }
}

/**
 * Reads log bytes.
 *
 * @param start - offset of the first byte
 * @param end - offset after the last; at most the log's size
 */
export function readLog(db: Database.Database, instance: Instance, start: number, end: number): Buffer {
  const pieces: { start: number; bytes: Uint8Array }[] = [];
  if (start < instance.log.storedBytes) {
    const rows = db
      .prepare("SELECT start, bytes FROM log_pieces WHERE instance = ? AND start > ? AND start < ? ORDER BY start")
      .all(instance.id, start - PIECE_BYTES, end);
    for (const row of rows as { start: number; bytes: Blob }[]) pieces.push({ start: row.start, bytes: blobBytes(row.bytes) });
  }
  let at = instance.log.storedBytes;
  for (const bytes of instance.log.waiting) {
    if (at < end && at + bytes.length > start) pieces.push({ start: at, bytes });
    at += bytes.length;
  }
  return Buffer.concat(pieces.map((piece) => piece.bytes.subarray(Math.max(0, start - piece.start), Math.max(0, end - piece.start))));
}
