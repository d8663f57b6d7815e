import { type Crc32, crc32 } from "../crc32.js";
import { LIMITS } from "../limits.js";
import type { Labels } from "../series-key.js";
import { type JournalRecord, LOG_STREAM, type LogStream, RECORD_HEAD_BYTES, RECORD_TYPE } from "./record.js";

const text = new TextDecoder();
const STREAM_NAMES: ReadonlyMap<number, LogStream> = new Map(
  Object.entries(LOG_STREAM).map(([name, number]) => [number, name as LogStream]),
);

/** One record's place in a buffer: what the shipper needs, without decoding the payload. */
export interface RecordFrame {
  seq: number;
  /** Number of the type, see `RECORD_TYPE`; may be one that this version does not know. */
  type: number;
  /** Offset of the record's head. */
  start: number;
  /** Offset of the payload. */
  payloadStart: number;
  /** Offset after the record. */
  end: number;
}

/** Why no record could be read: the bytes end within one, or they are not a record. */
export type FrameFailure = "incomplete" | "damaged";

/**
 * Reads the head of the record at an offset and checks its CRC.
 *
 * @param bytes - journal bytes
 * @param start - offset of the record
 * @param sum - CRC-32 to use, default the one of this package
 * @returns its frame; `incomplete` when the bytes end before the record does, `damaged` when they cannot be a record
 */
export function readFrame(bytes: Uint8Array, start: number, sum: Crc32 = crc32): RecordFrame | FrameFailure {
  if (start + RECORD_HEAD_BYTES > bytes.length) return "incomplete";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloadBytes = view.getUint32(start, true);
  if (payloadBytes > LIMITS.recordPayloadBytes) return "damaged";
  const payloadStart = start + RECORD_HEAD_BYTES;
  const end = payloadStart + payloadBytes;
  if (end > bytes.length) return "incomplete";
  if (sum(bytes, start + 8, end) !== view.getUint32(start + 4, true)) return "damaged";
  const seq = view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 0x1_0000_0000;
  return { seq, type: view.getUint8(start + 16), start, payloadStart, end };
}

/**
 * Decodes the payload of a framed record.
 *
 * @param bytes - the buffer that the frame was read from
 * @param frame - a frame of {@link readFrame}
 * @returns the record, or `undefined` for a type that this version does not know
 * @throws SyntaxError when a payload with a valid CRC is not what its type says
 */
export function decodeRecord(bytes: Uint8Array, frame: RecordFrame): JournalRecord | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { payloadStart: at, end } = frame;
  switch (frame.type) {
    case RECORD_TYPE.points: {
      const count = (end - at - 24) / 12;
      if (count < 0 || !Number.isInteger(count)) throw new SyntaxError(`points record of ${end - at} bytes`);
      const ids = new Uint32Array(count);
      const values = new Float64Array(count);
      for (let i = 0, from = at + 24; i < count; i++, from += 12) {
        ids[i] = view.getUint32(from, true);
        values[i] = view.getFloat64(from + 4, true);
      }
      const epoch = view.getFloat64(at + 8, true);
      const timeNs = view.getBigInt64(at + 16, true);
      return { type: "points", step: view.getFloat64(at, true), ...(Number.isNaN(epoch) ? {} : { epoch }), timeNs, ids, values };
    }
    case RECORD_TYPE.series: {
      if (end - at < 4) throw new SyntaxError("series record without an id");
      const { name, labels } = json(bytes, at + 4, end) as { name?: unknown; labels?: Record<string, unknown> };
      if (typeof name !== "string") throw new SyntaxError("series record without a name");
      // Numbers become texts; what cannot be one stays as it is, to be refused by the rules.
      const texts = Object.entries(labels ?? {}).map(([key, value]) => [key, typeof value === "object" ? value : String(value)]);
      return { type: "series", id: view.getUint32(at, true), name, labels: Object.fromEntries(texts) as Labels };
    }
    case RECORD_TYPE.log: {
      if (end - at < 9) throw new SyntaxError("log record without a time");
      const stream = STREAM_NAMES.get(view.getUint8(at + 8)) ?? "stdout";
      return { type: "log", timeNs: view.getBigInt64(at, true), stream, bytes: bytes.subarray(at + 9, end) };
    }
    case RECORD_TYPE.facts:
      return { type: "facts", facts: json(bytes, at, end) };
    case RECORD_TYPE.event:
      return { type: "event", event: json(bytes, at, end) as never };
    case RECORD_TYPE.drops:
      return { type: "drops", drops: json(bytes, at, end) as never };
    default:
      return undefined;
  }
}

function json(bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  const value: unknown = JSON.parse(text.decode(bytes.subarray(start, end)));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("expected a JSON object");
  return value as Record<string, unknown>;
}
