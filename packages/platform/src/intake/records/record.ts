import {
  decodeRecord,
  type JournalRecord,
  LIMITS,
  pickFacts,
  RECORD_TYPE,
  RecordEncoder,
  type RecordFrame,
  type RefusalCode,
  type SeriesRecord,
  seriesKey,
  whyNotEvent,
  whyNotLabels,
  whyNotSeriesName,
} from "ava-protocol";
import type { DropKind } from "./sieve.js";
import type { Walk } from "./walk.js";

/** What is counted, told and asked for each type of record but points. */
const RULES: Readonly<Record<number, { code: RefusalCode; kind?: DropKind; mostBytes: number }>> = {
  [RECORD_TYPE.series]: { code: "bad_series", mostBytes: LIMITS.eventBytes },
  [RECORD_TYPE.points]: { code: "bad_points", kind: "points", mostBytes: LIMITS.recordPayloadBytes },
  [RECORD_TYPE.log]: { code: "bad_log", kind: "logBytes", mostBytes: LIMITS.recordPayloadBytes },
  [RECORD_TYPE.facts]: { code: "bad_facts", kind: "events", mostBytes: LIMITS.factsBytes },
  [RECORD_TYPE.event]: { code: "bad_event", kind: "events", mostBytes: LIMITS.eventBytes },
  [RECORD_TYPE.drops]: { code: "bad_event", kind: "events", mostBytes: LIMITS.eventBytes },
};

const UNKNOWN = { code: "unknown_type", kind: "unknownRecords", mostBytes: Number.POSITIVE_INFINITY } as const;

/** Checks any record but one of points, and leaves it out, or what is wrong in it. */
export function checkRecord(walk: Walk, frame: RecordFrame): void {
  const { start, end, seq } = frame;
  const { code, kind, mostBytes } = RULES[frame.type] ?? UNKNOWN;
  const payloadBytes = end - frame.payloadStart;
  const found = payloadBytes > mostBytes ? `the record has more than ${mostBytes} bytes` : findWrong(walk, frame);
  if (found === undefined) return;
  const { why, instead } = typeof found === "string" ? { why: found } : found;
  walk.sieve.leaveOut(start, end, instead);
  if (seq > walk.ack) walk.sieve.refuse(seq, code, why, kind, kind === "logBytes" ? payloadBytes : 1);
}

type Found = string | { why: string; instead: Uint8Array } | undefined;

/** @returns why a record cannot be taken, with the bytes that can be instead of it */
function findWrong(walk: Walk, frame: RecordFrame): Found {
  let record: JournalRecord | undefined;
  try {
    record = decodeRecord(walk.body, frame);
  } catch {
    // The message of a JSON parser does not help a reader who cannot see the bytes.
    return "the record is not what its type says";
  }
  switch (record?.type) {
    case "series":
      return checkSeries(walk, record);
    case "facts": {
      const { facts, refused } = pickFacts({ ...record.facts });
      if (refused.length === 0) return undefined;
      const encoder = new RecordEncoder();
      encoder.write(frame.seq, { type: "facts", facts });
      return { why: refused.join("; "), instead: encoder.bytes() };
    }
    case "event":
      return whyNotEvent({ ...record.event });
    case undefined:
      return `records of type ${frame.type} are not known to this platform`;
    default:
      return undefined;
  }
}

function checkSeries({ header, whyNotHeader, known, newKeys, series }: Walk, { id, name, labels }: SeriesRecord): string | undefined {
  // Thousands of definitions share the labels of the header.
  const all = whyNotHeader === undefined ? { ...header.labels, ...labels } : {};
  const why = whyNotHeader ?? whyNotSeriesName(name) ?? whyNotLabels(all) ?? whyNotOneMore(known?.series, newKeys, seriesKey(name, all));
  series[id] = why ?? true;
  return why;
}

/**
 * @param known - series that the instance has
 * @param newKeys - those that it will have; the key is added
 * @returns why the instance can have no series of that key, as a sentence without its end
 */
export function whyNotOneMore(known: ReadonlyMap<string, unknown> | undefined, newKeys: Set<string>, key: string): string | undefined {
  if (known?.has(key) || newKeys.has(key)) return undefined;
  if ((known?.size ?? 0) + newKeys.size >= LIMITS.seriesPerInstance) {
    return `the instance has as many series as the limit seriesPerInstance = ${LIMITS.seriesPerInstance}`;
  }
  newKeys.add(key);
  return undefined;
}
