import {
  type BatchHeader,
  crc32,
  decodeBatchHead,
  decodeRecord,
  ID_PATTERN,
  LIMITS,
  RECORD_HEAD_BYTES,
  RECORD_TYPE,
  type RecordFrame,
  readFrame,
  type SeriesRecord,
  seriesKey,
} from "ava-protocol";
import { PlatformError } from "../../error.js";
import { pickFacts } from "../../store/instance/facts.js";

/** A body that was found whole. */
export interface CheckedBatch {
  header: BatchHeader;
  /** Offset of the first record. */
  recordsAt: number;
  /** Highest seq in the body; 0 for an empty one. */
  lastSeq: number;
}

const WRITER_ID = /^[0-9A-Za-z_-]{8,64}$/;

/**
 * Reads the header of a request body.
 *
 * @throws PlatformError `bad_records`
 */
export function readBatchHeader(body: Uint8Array): { header: BatchHeader; recordsAt: number } {
  const head = decodeBatchHead(body);
  if (typeof head === "string") throw bad(`the header is ${head}`);
  const { header } = head;
  if (typeof header.writer !== "string" || !WRITER_ID.test(header.writer)) throw bad("the header has no valid writer id");
  if (typeof header.training !== "string" || !ID_PATTERN.test(header.training)) throw bad("the header has no valid training name");
  if (!Number.isSafeInteger(header.prevSeq) || header.prevSeq < 0) throw bad("the header has no valid prevSeq");
  const labels = header.labels ?? {};
  if (typeof labels !== "object" || !Object.values(labels).every((value) => typeof value === "string")) {
    throw bad("the labels of the header must be strings");
  }
  return { header, recordsAt: head.end };
}

/**
 * Checks every record of a body before anything of it is taken: sums, shapes, definitions and limits.
 *
 * @param body - a request body
 * @param known - tells whether the instance has a series, and how many it has
 * @throws PlatformError `bad_records` or `limit_exceeded`
 */
export function checkBatch(body: Uint8Array, known: { has(key: string): boolean; size: number }): CheckedBatch {
  const { header, recordsAt } = readBatchHeader(body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const isDefined: boolean[] = [];
  const newKeys = new Set<string>();
  let lastSeq = 0;
  for (let at = recordsAt; at < body.length; ) {
    const pointsEnd = endOfSoundPoints(view, body, at);
    if (pointsEnd !== undefined) {
      lastSeq = Math.max(lastSeq, seqAt(view, at));
      checkPoints(view, at, pointsEnd, isDefined);
      at = pointsEnd;
      continue;
    }
    const frame = readFrame(body, at);
    if (typeof frame === "string") throw bad(`the record at byte ${at} is ${frame}`);
    at = frame.end;
    if (frame.seq > lastSeq) lastSeq = frame.seq;
    if (frame.type === RECORD_TYPE.series) {
      const record = decode(body, frame) as SeriesRecord;
      const labels = { ...header.labels, ...record.labels };
      checkSeries(record.name, Object.keys(labels).length);
      isDefined[record.id] = true;
      const key = seriesKey(record.name, labels);
      if (!known.has(key)) newKeys.add(key);
    } else checkOther(body, frame);
  }
  if (known.size + newKeys.size > LIMITS.seriesPerInstance) throw limit("seriesPerInstance");
  return { header, recordsAt, lastSeq };
}

/** The way of nearly all records: `readFrame` without an object for each. @returns `undefined` for every other record, whole or not */
function endOfSoundPoints(view: DataView, body: Uint8Array, start: number): number | undefined {
  if (start + RECORD_HEAD_BYTES > body.length || view.getUint8(start + 16) !== RECORD_TYPE.points) return undefined;
  const end = start + RECORD_HEAD_BYTES + view.getUint32(start, true);
  return end <= body.length && crc32(body, start + 8, end) === view.getUint32(start + 4, true) ? end : undefined;
}

function checkPoints(view: DataView, start: number, end: number, isDefined: boolean[]): void {
  const valuesAt = start + RECORD_HEAD_BYTES + 24;
  const count = (end - valuesAt) / 12;
  if (count < 0 || !Number.isInteger(count)) throw bad(`the points record ${seqAt(view, start)} has a wrong length`);
  if (count > LIMITS.valuesPerRecord) throw limit("valuesPerRecord");
  for (let at = valuesAt; at < end; at += 12) {
    if (isDefined[view.getUint32(at, true)] !== true) {
      throw bad(`record ${seqAt(view, start)} uses series ${view.getUint32(at, true)}, which the body does not define`);
    }
  }
}

function seqAt(view: DataView, start: number): number {
  return view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 0x1_0000_0000;
}

/**
 * @param labels - number of labels
 * @throws PlatformError `limit_exceeded` for names and labels beyond the limits
 */
export function checkSeries(name: string, labels: number): void {
  if (name.length === 0) throw bad("a series has no name");
  if (name.length > LIMITS.seriesNameChars) throw limit("seriesNameChars");
  if (labels > LIMITS.labelsPerSeries) throw limit("labelsPerSeries");
}

function checkOther(body: Uint8Array, frame: RecordFrame): void {
  const record = decode(body, frame);
  if (record?.type !== "facts") return;
  const facts = pickFacts({ ...record.facts });
  if (typeof facts === "string") throw bad(`record ${frame.seq}: ${facts}`);
}

function decode(body: Uint8Array, frame: RecordFrame): ReturnType<typeof decodeRecord> {
  try {
    return decodeRecord(body, frame);
  } catch (error) {
    throw bad(`record ${frame.seq} is not what its type says`, error);
  }
}

function bad(what: string, cause?: unknown): PlatformError {
  return new PlatformError("bad_records", `The body was refused, nothing of it was kept: ${what}.`, { cause });
}

function limit(name: keyof typeof LIMITS): PlatformError {
  return new PlatformError(
    "limit_exceeded",
    `The body was refused, nothing of it was kept: more than the limit ${name} = ${LIMITS[name]}.`,
  );
}
