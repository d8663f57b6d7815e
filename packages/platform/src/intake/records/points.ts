import { LIMITS, RECORD_HEAD_BYTES, RecordEncoder } from "ava-protocol";
import type { Walk } from "./walk.js";

/** Bytes before the first value: step, epoch, time. */
const ROW_BYTES = 24;

/** Bytes of one value: id of its series, float64. */
const VALUE_BYTES = 12;

/** @returns number of the record at an offset */
export function seqAt(view: DataView, start: number): number {
  return view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 0x1_0000_0000;
}

/**
 * Checks a points record: values of series that cannot be taken are left out, the others stay.
 *
 * @param start - offset of the record, whose sum is right
 * @param end - offset after it
 */
export function checkPoints(walk: Walk, start: number, end: number): void {
  const { view, series } = walk;
  const valuesAt = start + RECORD_HEAD_BYTES + ROW_BYTES;
  const count = (end - valuesAt) / VALUE_BYTES;
  if (count < 0 || !Number.isInteger(count))
    return refuse(walk, start, end, "the record has a wrong length", Math.max(1, Math.floor(count)));
  if (count > LIMITS.valuesPerRecord) {
    return refuse(walk, start, end, `the record has more values than the limit valuesPerRecord = ${LIMITS.valuesPerRecord}`, count);
  }
  let good = 0;
  for (let at = valuesAt; at < end; at += VALUE_BYTES) if (series[view.getUint32(at, true)] === true) good++;
  if (good < count) keepGood(walk, start, end, count - good);
}

function keepGood(walk: Walk, start: number, end: number, bad: number): void {
  const { view, series } = walk;
  const rowAt = start + RECORD_HEAD_BYTES;
  const ids: number[] = [];
  const values: number[] = [];
  let why: string | undefined;
  for (let at = rowAt + ROW_BYTES; at < end; at += VALUE_BYTES) {
    const id = view.getUint32(at, true);
    const state = series[id] ?? `series ${id} is not defined in the body`;
    if (state === true) {
      ids.push(id);
      values.push(view.getFloat64(at + 4, true));
    } else why ??= state;
  }
  const [step, epoch, timeNs] = [view.getFloat64(rowAt, true), view.getFloat64(rowAt + 8, true), view.getBigInt64(rowAt + 16, true)];
  const kept = new RecordEncoder(end - start);
  if (ids.length > 0) kept.writePoints(seqAt(view, start), step, epoch, timeNs, ids, values, ids.length);
  refuse(walk, start, end, why ?? "", bad, kept.bytes());
}

function refuse({ view, ack, sieve }: Walk, start: number, end: number, why: string, count: number, instead?: Uint8Array): void {
  const seq = seqAt(view, start);
  sieve.leaveOut(start, end, instead);
  if (seq > ack) sieve.refuse(seq, "bad_points", why, "points", count);
}
