import { crc32 } from "node:zlib";

/** First bytes of a log segment: magic and version, see docs/formats/store.md. */
export const LOG_HEAD: Uint8Array = Uint8Array.from([0x41, 0x56, 0x41, 0x4c, 1, 0, 0, 0]);

/** Bytes before a frame's content: length, CRC-32, length of the JSON head. */
export const FRAME_HEAD_BYTES = 12;

/** Longest content of a frame; a greater length is damage. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** One accepted request as the log keeps it. */
export interface Frame {
  head: unknown;
  body: Uint8Array;
  end: number;
}

/**
 * @param head - JSON facts of the request
 * @param body - its bytes
 * @returns the pieces to write one after the other; the body is not copied
 */
export function encodeFrame(head: object, body: Uint8Array): [Uint8Array, Uint8Array] {
  const json = Buffer.from(JSON.stringify(head));
  const start = Buffer.alloc(FRAME_HEAD_BYTES + json.length);
  start.writeUInt32LE(4 + json.length + body.length, 0);
  start.writeUInt32LE(json.length, 8);
  json.copy(start, FRAME_HEAD_BYTES);
  start.writeUInt32LE(crc32(body, crc32(start.subarray(8))), 4);
  return [start, body];
}

/**
 * Reads the frame at an offset of a segment.
 *
 * @param bytes - the segment
 * @param at - offset
 * @returns `incomplete` when the bytes end before the frame does, `damaged` when they are no frame
 */
export function readFrame(bytes: Buffer, at: number): Frame | "incomplete" | "damaged" {
  if (at + FRAME_HEAD_BYTES > bytes.length) return "incomplete";
  const contentBytes = bytes.readUInt32LE(at);
  const headBytes = bytes.readUInt32LE(at + 8);
  if (contentBytes > MAX_FRAME_BYTES || contentBytes < 4 + headBytes) return "damaged";
  const end = at + 8 + contentBytes;
  if (end > bytes.length) return "incomplete";
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return "damaged";
  const bodyAt = at + FRAME_HEAD_BYTES + headBytes;
  return { head: JSON.parse(bytes.toString("utf8", at + FRAME_HEAD_BYTES, bodyAt)), body: bytes.subarray(bodyAt, end), end };
}
