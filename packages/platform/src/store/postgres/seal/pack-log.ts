import { decodeMarks, encodeMarks } from "../../held/log-marks.js";
import { PIECE_BYTES } from "../../held/log-stretch.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { rowSum } from "./sealed-state.js";

/** A piece of a log, as its row has it. */
export interface Piece {
  start: number;
  bytes: Buffer;
  marks: Uint8Array;
  sum: number;
}

/** Reads the last piece of each log that goes on. @returns them by number of the instance */
export async function readLastPieces(ask: Ask, all: readonly HeldInstance[]): Promise<Map<number, Piece>> {
  const nos = all.filter(({ log }) => log.waiting.length > 0 && log.storedBytes > 0).map(({ no }) => no);
  if (nos.length === 0) return new Map();
  const text = `SELECT w.no, p.* FROM unnest($1::bigint[]) AS w (no)
    JOIN LATERAL (SELECT start, bytes, marks, sum FROM ava.log_pieces WHERE instance = w.no ORDER BY start DESC LIMIT 1) AS p ON true`;
  return new Map((await ask<Piece & { no: number }>(text, [nos])).map((piece) => [piece.no, piece]));
}

/** @param last - piece that is stored; one that is short goes on @returns pieces of what a log has that is not sealed */
export function packLog({ no, log }: HeldInstance, last: Piece | undefined): Piece[] {
  if (log.waiting.length === 0) return [];
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
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    const ofPiece = encodeMarks(marks, start + at, piece.length);
    pieces.push({ start: start + at, bytes: piece, marks: ofPiece, sum: rowSum(no, start + at, piece, ofPiece) });
  }
  return pieces;
}
