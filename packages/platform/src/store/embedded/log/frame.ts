import { crc32 } from "node:zlib";

/** Bytes before the JSON of a frame: marker, salt, number, two lengths, two checksums; see docs/formats/store.md. */
export const FRAME_HEAD_BYTES = 32;

/** What every frame begins with. F5 does not occur in UTF-8, so no text has it. */
export const FRAME_MARK: Buffer = Buffer.from([0xf5, 0x41, 0x56, 0x46]);

/** @returns what every frame of a segment begins with: mark and salt */
export function markOf(salt: Uint8Array): Buffer {
  return Buffer.concat([FRAME_MARK, salt]);
}

/** One accepted request as the log keeps it. */
export interface Frame {
  /** Number in its segment, from 1; version 1 has none. */
  number: number | undefined;
  head: unknown;
  body: Uint8Array;
  /** Offset of the first byte. */
  start: number;
  /** Offset after the last byte. */
  end: number;
}

/** Why there is no frame at a place: the bytes end within one, or they are something else. */
export type NoFrame = "incomplete" | "damaged";

/**
 * @param mark - of the segment, see {@link markOf}
 * @param number - of the frame in its segment, from 1
 * @param head - JSON facts of the request
 * @param body - its bytes
 * @returns the pieces to write one after the other; the body is not copied
 */
export function encodeFrame(mark: Uint8Array, number: number, head: object, body: Uint8Array): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head));
  const start = Buffer.alloc(FRAME_HEAD_BYTES + json.length);
  start.set(mark);
  start.writeUInt32LE(number, 12);
  start.writeUInt32LE(json.length, 16);
  start.writeUInt32LE(body.length, 20);
  start.writeUInt32LE(contentSum(json, body), 24);
  start.writeUInt32LE(crc32(start.subarray(0, 28)), 28);
  json.copy(start, FRAME_HEAD_BYTES);
  return body.length === 0 ? [start] : [start, body];
}

/**
 * Reads the frame at an offset of a segment.
 *
 * @param bytes - the segment
 * @param start - offset
 * @param mark - of the segment
 */
export function readFrame(bytes: Buffer, start: number, mark: Uint8Array): Frame | NoFrame {
  const head = bytes.subarray(start, start + FRAME_HEAD_BYTES);
  const marked = Math.min(mark.length, head.length);
  if (head.compare(mark, 0, marked, 0, marked) !== 0) return "damaged";
  if (head.length < FRAME_HEAD_BYTES) return "incomplete";
  if (crc32(head.subarray(0, 28)) !== head.readUInt32LE(28)) return "damaged";
  const bodyAt = start + FRAME_HEAD_BYTES + head.readUInt32LE(16);
  const end = bodyAt + head.readUInt32LE(20);
  if (end > bytes.length) return "incomplete";
  const json = bytes.subarray(start + FRAME_HEAD_BYTES, bodyAt);
  const body = bytes.subarray(bodyAt, end);
  if (contentSum(json, body) !== head.readUInt32LE(24)) return "damaged";
  return { number: head.readUInt32LE(12), head: JSON.parse(json.toString()), body, start, end };
}

/** @returns bytes that reading a frame sums up, by its head; 0 where that is not one or the bytes end before the frame */
export function contentBytesAt(bytes: Buffer, start: number): number {
  const contentBytes = start + FRAME_HEAD_BYTES > bytes.length ? 0 : bytes.readUInt32LE(start + 16) + bytes.readUInt32LE(start + 20);
  return start + FRAME_HEAD_BYTES + contentBytes > bytes.length ? 0 : contentBytes;
}

/** Not a chain over an empty body: once an empty Uint8Array went through `writev`, its address is 0, and zlib answers 0 to that whatever came before. */
function contentSum(json: Uint8Array, body: Uint8Array): number {
  const sum = crc32(json);
  return body.length === 0 ? sum : crc32(body, sum);
}
