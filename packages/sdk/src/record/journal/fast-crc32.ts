import { crc32 as zlibCrc32 } from "node:zlib";
import { crc32 } from "ava-protocol";

/** Below this size the call into zlib costs more than it saves. */
const NATIVE_FROM_BYTES = 512;

/**
 * CRC-32 by zlib where that is faster: large log records.
 *
 * @param bytes - a buffer
 * @param start - first byte
 * @param end - byte after the last one
 * @returns the same checksum as `crc32` of ava-protocol
 */
export function fastCrc32(bytes: Uint8Array, start: number, end: number): number {
  return end - start < NATIVE_FROM_BYTES ? crc32(bytes, start, end) : zlibCrc32(bytes.subarray(start, end));
}
