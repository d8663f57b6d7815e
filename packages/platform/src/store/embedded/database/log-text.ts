import type Database from "libsql";
import type { LogMark } from "../../contract/log.js";
import { decodeMarks, encodeMarks } from "../../held/log-marks.js";
import { type LogBytes, logBytesOf, logMarksOf, PIECE_BYTES } from "../../held/log-stretch.js";
import type { Steps } from "../../slices.js";
import type { Instance } from "../../state/instance.js";
import { type DamageList, isBrokenFile } from "../damage.js";
import type { InstanceState } from "../instance-state.js";
import { KeptStatement } from "./kept-statement.js";
import { readRow, selectFrom } from "./tables.js";
import type { LogPieceRow, RowWriter } from "./writer.js";

/** Stores the log text that has come since the last checkpoint. */
export function* saveLog(rows: RowWriter, instance: string, { log, storedLogBytes }: InstanceState): Steps {
  if (log.length === 0) return;
  const last = rows.lastPiece(instance);
  // One that is damaged does not end there.
  const isOpen = last !== undefined && last.bytes.length < PIECE_BYTES && last.start + last.bytes.length === storedLogBytes;
  const start = isOpen ? last.start : storedLogBytes;
  const marks = isOpen ? decodeMarks(last) : [];
  let end = storedLogBytes;
  for (const { timeNs, stream, bytes } of log) {
    if (bytes.length > 0) marks.push({ offset: end, timeNs, stream });
    end += bytes.length;
  }
  const bytes = Buffer.concat([...(isOpen ? [last.bytes] : []), ...log.map((record) => record.bytes)]);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    rows.put("log_pieces", instance, start + at, piece, encodeMarks(marks, start + at, piece.length));
    yield;
  }
}

/** Reads the log of instances, checked. */
export class LogReader {
  /** Pieces of format 1 are still about, which have no checksums. */
  hasFormat1: boolean;
  private readonly damage: DamageList;
  private readonly select: KeptStatement;

  /** @param damage - told of what is damaged */
  constructor(db: Database.Database, damage: DamageList, hasFormat1: boolean) {
    this.damage = damage;
    this.hasFormat1 = hasFormat1;
    this.select = new KeptStatement(db, selectFrom("log_pieces", "WHERE instance = ? AND start > ? AND start < ? ORDER BY start"));
  }

  /**
   * @param start - offset of the first byte
   * @param end - offset after the last; at most the log's size
   */
  read({ id, log }: Instance, start: number, end: number): LogBytes {
    return logBytesOf(log, this.storedPieces(id, log.storedBytes, start, end), start, end, (from, to) => this.tell(id, from, to));
  }

  /**
   * @param start - offset of the first byte
   * @param end - offset after the last
   * @returns the records that lie in this stretch of the log, with their times; those of a store of format 1 are not known
   */
  readMarks({ id, log }: Instance, start: number, end: number): LogMark[] {
    return logMarksOf(log, this.storedPieces(id, log.storedBytes, start, end), start, end);
  }

  private storedPieces(id: string, storedBytes: number, start: number, end: number): LogPieceRow[] {
    if (start >= storedBytes || start >= end) return [];
    try {
      const rows = (this.select.all(id, start - PIECE_BYTES, end) as Record<string, unknown>[]).map((raw) =>
        readRow<LogPieceRow>("log_pieces", raw),
      );
      const whole = rows.filter(({ isWhole }) => isWhole ?? this.hasFormat1).map(({ row }) => row);
      return whole.filter((row) => row.start + row.bytes.length > start);
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      return [];
    }
  }

  private tell(id: string, start: number, end: number): string {
    // Without a piece that was read, its bounds are those of its neighbours, or of the question.
    const place = `table log_pieces, row instance = ${id}, start = ${start - (start % PIECE_BYTES)}`;
    return this.damage.add(place, `it is missing or its checksum is wrong; the log of ${id} is missing from byte ${start} to ${end}`);
  }
}
