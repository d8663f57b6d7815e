import {
  type BatchHeader,
  decodeRecord,
  pickDrops,
  pickEvent,
  pickFacts,
  RECORD_HEAD_BYTES,
  RECORD_TYPE,
  type RecordFrame,
  type SeriesRecord,
  whyNotEvent,
} from "ava-protocol";
import { seqAt } from "../../intake/records/points.js";
import type { GrowingSeries } from "../levels/series.js";
import { type Instance, mergeFacts, type Teller, type Writer } from "./instance.js";
import { streamNumber } from "./log-stream.js";
import type { Applied, SeriesOf } from "./target.js";

/** What the records of a body changed. */
type Change = Omit<Applied, "silenceMs" | "series">;

/**
 * Takes the records of a checked body, the good ones that `checkBatch` left in it; those that the writer has had acknowledged are skipped.
 *
 * @param body - what `checkBatch` says can be taken
 * @param recordsAt - offset of the first record
 * @param atMs - when it came
 * @returns what changed
 */
export function applyBatch(
  instance: Instance,
  writer: Writer,
  header: BatchHeader,
  body: Uint8Array,
  recordsAt: number,
  atMs: number,
  seriesOf: SeriesOf,
): Change & Pick<Applied, "series"> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const teller = { atMs, writer: writer.id, labels: header.labels };
  const defined: GrowingSeries[] = [];
  /** Points of each defined series before: definitions come again in front of every body. */
  const counts = new Map<GrowingSeries, number>();
  const change: Change = { instance, hasFacts: false, hasLog: false, points: 0 };
  let ack = writer.ack;
  let end = 0;
  for (let start = recordsAt; start < body.length; start = end) {
    const payloadStart = start + RECORD_HEAD_BYTES;
    end = payloadStart + view.getUint32(start, true);
    const seq = seqAt(view, start);
    const type = view.getUint8(start + 16);
    const isNew = seq > ack;
    if (isNew) ack = seq;
    if (type === RECORD_TYPE.points) {
      if (isNew) change.points += applyPoints(view, payloadStart, end, defined);
    } else if (type === RECORD_TYPE.series) {
      const record = decodeRecord(body, { seq, type, start, payloadStart, end }) as SeriesRecord;
      const series = seriesOf(instance, record.name, { ...header.labels, ...record.labels });
      defined[record.id] = series;
      if (!counts.has(series)) counts.set(series, series.totals.count);
    } else if (isNew) applyOther(instance, writer, body, { seq, type, start, payloadStart, end }, teller, change);
  }
  writer.ack = ack;
  writer.isDirty = true;
  return { ...change, series: new Set([...counts].flatMap(([series, count]) => (series.totals.count > count ? [series] : []))) };
}

/**
 * Takes the rows of a body's points, and nothing else of it: all of it was taken before.
 *
 * @param recordsAt - offset of the first record
 * @param ack - of its writer before it came
 * @param rowsOf - finds where the rows of a series go
 */
export function applyRows(
  body: Uint8Array,
  recordsAt: number,
  ack: number,
  rowsOf: (series: SeriesRecord) => Pick<GrowingSeries, "append">,
): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const defined: Pick<GrowingSeries, "append">[] = [];
  let end = 0;
  for (let start = recordsAt; start < body.length; start = end) {
    const payloadStart = start + RECORD_HEAD_BYTES;
    end = payloadStart + view.getUint32(start, true);
    const seq = seqAt(view, start);
    const type = view.getUint8(start + 16);
    if (type === RECORD_TYPE.points && seq > ack) applyPoints(view, payloadStart, end, defined);
    else if (type === RECORD_TYPE.series) {
      const record = decodeRecord(body, { seq, type, start, payloadStart, end }) as SeriesRecord;
      defined[record.id] = rowsOf(record);
    }
  }
}

function applyPoints(view: DataView, payloadStart: number, end: number, defined: readonly Pick<GrowingSeries, "append">[]): number {
  const step = view.getFloat64(payloadStart, true);
  const epoch = view.getFloat64(payloadStart + 8, true);
  const timeLo = view.getUint32(payloadStart + 16, true);
  const timeHi = view.getInt32(payloadStart + 20, true);
  for (let at = payloadStart + 24; at < end; at += 12) {
    defined[view.getUint32(at, true)]!.append(step, epoch, timeHi, timeLo, view.getFloat64(at + 4, true));
  }
  return (end - payloadStart - 24) / 12;
}

function applyOther(instance: Instance, writer: Writer, body: Uint8Array, frame: RecordFrame, teller: Teller, change: Change): void {
  const record = decodeRecord(body, frame);
  switch (record?.type) {
    case "log": {
      // A copy: a view would keep the whole request body in memory.
      const bytes = Uint8Array.from(record.bytes);
      const stream = streamNumber(writer.id, record.stream);
      instance.log.waiting.push({ timeNs: record.timeNs, stream, bytes });
      instance.log.waitingBytes += bytes.length;
      if (teller.labels !== undefined && !instance.streamLabels.has(stream))
        instance.streamLabels = new Map([...instance.streamLabels, [stream, teller.labels]]);
      change.hasLog = true;
      return;
    }
    case "facts": {
      const { facts, refused } = pickFacts({ ...record.facts });
      leaveOut(change, refused[0]);
      mergeFacts(instance, facts, teller);
      break;
    }
    case "event":
      if (leaveOut(change, whyNotEvent({ ...record.event }))) return;
      instance.events.push(pickEvent({ ...record.event }));
      break;
    case "drops":
      writer.drops = pickDrops({ ...record.drops });
      break;
    default:
      return;
  }
  change.hasFacts = true;
}

/** A log of an older platform can hold what this one does not take. @returns whether there is a reason */
function leaveOut(change: Change, why: string | undefined): boolean {
  if (why !== undefined) change.leftOut ??= why;
  return why !== undefined;
}
