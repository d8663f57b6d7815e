import { seriesKey } from "ava-protocol";
import { readBatchHeader } from "../../../intake/records/header.js";
import { applyRows } from "../../state/apply-records.js";
import { unpackBody } from "../journal/unpack-body.js";
import type { HeldInstance, LateBody } from "./held.js";

/** Bytes of a body of records from which on its rows are late: many small ones would take more room than their rows. */
export const LATE_BYTES: number = 32 * 1024;

/** Keeps a body whose points were counted, or brings its rows where packing has not made it much smaller. */
export function keepLate(held: HeldInstance, body: LateBody): void {
  held.late.push(body);
  if (body.bytes.length > (body.bodyBytes ?? 0) / 2) bringRows(held);
}

/** Brings the rows of all points that were only counted, in the order in which they came. To be called before anything else adds points. */
export function bringRows(held: HeldInstance): void {
  const { late, series } = held;
  if (late.length === 0) return;
  for (let one = late[0]; one !== undefined; late.shift(), one = late[0]) {
    const body = one.bodyBytes === null ? one.bytes : unpackBody(one.key, one.bytes, one.bodyBytes);
    const { header, recordsAt } = readBatchHeader(body);
    applyRows(body, recordsAt, one.ack, ({ name, labels }) => {
      const of = series.get(seriesKey(name, { ...header.labels, ...labels }))!;
      return { append: (...row) => of.appendRow(...row) };
    });
  }
  for (const one of series.values()) one.late = undefined;
}
