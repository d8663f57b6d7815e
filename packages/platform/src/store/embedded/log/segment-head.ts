import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** Bytes of a segment's head: magic, version, salt, checksum; see docs/formats/store.md. */
export const SEGMENT_HEAD_BYTES = 20;

/** First bytes of a segment of version 1: the whole head. */
export const SEGMENT_HEAD_V1: Buffer = Buffer.from([0x41, 0x56, 0x41, 0x4c, 1, 0, 0, 0]);

/** Bytes of a segment's salt. */
export const SALT_BYTES = 8;

const MAGIC = Buffer.from("AVAL");
const VERSION = 2;

/** @returns the head of a new segment, and its salt */
export function newSegmentHead(): { head: Buffer; salt: Uint8Array } {
  const head = Buffer.alloc(SEGMENT_HEAD_BYTES);
  MAGIC.copy(head);
  head[4] = VERSION;
  const salt = randomBytes(SALT_BYTES);
  salt.copy(head, 8);
  head.writeUInt32LE(crc32(head.subarray(0, 16)), 16);
  return { head, salt };
}

/**
 * @param bytes - a segment
 * @returns its salt; `newer` for one of a later version, `incomplete` for bytes that the head's writer did not finish, else `damaged`
 */
export function readSegmentHead(bytes: Buffer): Uint8Array | "newer" | "incomplete" | "damaged" {
  const known = Math.min(MAGIC.length, bytes.length);
  if (bytes.compare(MAGIC, 0, known, 0, known) !== 0) return "damaged";
  if (bytes.length < SEGMENT_HEAD_BYTES) return "incomplete";
  if (crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return "damaged";
  return bytes[4]! > VERSION ? "newer" : bytes.subarray(8, 8 + SALT_BYTES);
}
