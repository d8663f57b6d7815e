import { crc32 } from "node:zlib";
import { RECORD_HEAD_BYTES, RECORD_TYPE } from "ava-protocol";
import { seqAt } from "../../../intake/records/points.js";
import { numbersFor } from "./numbers.js";
import { type Output, writeColumn } from "./write-column.js";

/** Which body it is: its checksum covers this, so one in the place of another, and another head, is noticed. */
export interface BodyKey {
  /** Number of the instance in the database. */
  instance: number;
  pos: number;
  /** JSON of the command. */
  head: string;
}

/** What a packed body is made of. */
export const PIECE = { asItCame: 0, run: 1 } as const;

/** Bytes in front of the first piece: the checksum. */
export const SUM_BYTES = 4;

/** Bytes of a points record in front of its first value, its head too; of a value; of those that are columns in front of the values. */
export const POINTS_HEAD_BYTES: number = RECORD_HEAD_BYTES + 24;
export const VALUE_BYTES = 12;
export const AXES = 3;

/** Records from which on a run is worth its head. */
const LEAST_RECORDS = 8;

/** Nanoseconds of the upper half of a time. */
export const HIGH_NS = 0x1_0000_0000;

/** How far upper halves of times in a run are from the first one's: then distances in nanoseconds are exact. */
const MOST_HIGH = 0x8_0000;

/** A run takes fewer bytes than its records did, by more than the head of a piece in front of it: only the last piece may be one too many. */
const SPARE_BYTES = 16;

/** A body up to this size is packed in room that is kept. */
const KEPT_BYTES = 4 * 1024 * 1024;

let kept: Output = outputOf(256 * 1024);

/** @returns checksum of a body. @param body - as it came */
export function bodySum({ instance, pos, head }: BodyKey, body: Uint8Array): number {
  const sum = crc32(`body ${pos} of ${instance} ${head}`);
  // zlib's crc32 may answer 0 for an empty array, whatever it is to go on from.
  return body.length > 0 ? crc32(body, sum) : sum;
}

/**
 * Packs a body of journal records: points records of the same series that follow each other become columns.
 *
 * @param body - checked: the CRC of each record is right, for it is computed again when the body is unpacked
 * @returns the packed body; `undefined` where that would not be smaller
 */
export function packBody(key: BodyKey, body: Uint8Array): Buffer | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const out = outputFor(body.length + SPARE_BYTES);
  out.at = SUM_BYTES;
  let from = 0;
  for (let at = headEnd(view); at + RECORD_HEAD_BYTES <= body.length; ) {
    const size = RECORD_HEAD_BYTES + view.getUint32(at, true);
    const records = runFrom(view, at, size);
    if (records >= LEAST_RECORDS) {
      writeAsItCame(out, body, from, at);
      writeRun(out, view, at, size, records);
      from = at + records * size;
    }
    at += Math.max(1, records) * size;
  }
  if (from === 0) return undefined;
  writeAsItCame(out, body, from, body.length);
  if (out.at >= body.length) return undefined;
  out.view.setUint32(0, bodySum(key, body), true);
  return Buffer.from(out.bytes.subarray(0, out.at));
}

/** @returns where the first record begins */
function headEnd(view: DataView): number {
  return view.byteLength < 8 ? view.byteLength : 8 + view.getUint16(6, true);
}

/** @returns how many records, from one on, are points of the same series, with numbers that follow each other; 0 for another record */
function runFrom(view: DataView, start: number, size: number): number {
  const values = (size - POINTS_HEAD_BYTES) / VALUE_BYTES;
  const isWhole = start + size <= view.byteLength && values >= 1 && Number.isInteger(values);
  if (!isWhole || view.getUint8(start + 16) !== RECORD_TYPE.points) return 0;
  const timeHigh = view.getInt32(start + POINTS_HEAD_BYTES - 4, true);
  const seq = seqAt(view, start);
  let records = 0;
  for (let at = start; at + size <= view.byteLength; at += size, records++) {
    if (view.getUint32(at, true) !== size - RECORD_HEAD_BYTES || view.getUint8(at + 16) !== RECORD_TYPE.points) break;
    if (seqAt(view, at) !== seq + records || Math.abs(view.getInt32(at + POINTS_HEAD_BYTES - 4, true) - timeHigh) > MOST_HIGH) break;
    if (!haveSameSeries(view, start, at, size)) break;
  }
  return records;
}

function haveSameSeries(view: DataView, one: number, other: number, size: number): boolean {
  for (let at = POINTS_HEAD_BYTES; at < size; at += VALUE_BYTES)
    if (view.getUint32(one + at, true) !== view.getUint32(other + at, true)) return false;
  return true;
}

function writeAsItCame(out: Output, body: Uint8Array, from: number, to: number): void {
  if (from === to) return;
  out.bytes[out.at] = PIECE.asItCame;
  out.view.setUint32(out.at + 1, to - from, true);
  out.bytes.set(body.subarray(from, to), out.at + 5);
  out.at += 5 + to - from;
}

function writeRun(out: Output, view: DataView, start: number, size: number, records: number): void {
  const series = (size - POINTS_HEAD_BYTES) / VALUE_BYTES;
  out.bytes[out.at] = PIECE.run;
  out.view.setUint32(out.at + 1, records, true);
  out.view.setUint32(out.at + 5, series, true);
  out.view.setFloat64(out.at + 9, seqAt(view, start), true);
  const timeHigh = view.getInt32(start + POINTS_HEAD_BYTES - 4, true);
  out.view.setInt32(out.at + 17, timeHigh, true);
  out.at += 21;
  for (let i = 0; i < series; i++, out.at += 4)
    out.view.setUint32(out.at, view.getUint32(start + POINTS_HEAD_BYTES + i * VALUE_BYTES, true), true);
  const columns = AXES + series;
  const numbers = numbersFor(columns * records);
  const { values, halves } = numbers;
  for (let row = 0, at = start + RECORD_HEAD_BYTES; row < records; row++, at += size) {
    for (let axis = 0; axis < 2; axis++) {
      halves[(axis * records + row) * 2] = view.getUint32(at + axis * 8, true);
      halves[(axis * records + row) * 2 + 1] = view.getUint32(at + axis * 8 + 4, true);
    }
    values[2 * records + row] = (view.getInt32(at + 20, true) - timeHigh) * HIGH_NS + view.getUint32(at + 16, true);
    let to = (AXES * records + row) * 2;
    for (let value = at + 28; value < at + size - RECORD_HEAD_BYTES; value += VALUE_BYTES, to += records * 2) {
      halves[to] = view.getUint32(value, true);
      halves[to + 1] = view.getUint32(value + 4, true);
    }
  }
  for (let column = 0; column < columns; column++) writeColumn(out, numbers, column * records, records);
}

function outputFor(bytes: number): Output {
  if (bytes > KEPT_BYTES) return outputOf(bytes);
  if (kept.bytes.length < bytes) kept = outputOf(Math.min(KEPT_BYTES, bytes * 2));
  return kept;
}

function outputOf(size: number): Output {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}
