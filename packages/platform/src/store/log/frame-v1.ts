import { crc32 } from "node:zlib";
import type { Frame, NoFrame } from "./frame.js";

/** Bytes before the JSON of a frame of version 1: content length, CRC-32, length of the JSON. */
const HEAD_BYTES = 12;

/** Longest content of a frame; a greater length is damage. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/** How the JSON of every frame begins: version 1 has no other mark by which one is found behind damage. */
const JSON_START = '{"kind":"';

/**
 * Reads a frame as the first platforms wrote it.
 *
 * @param bytes - the segment
 * @param start - offset of the frame
 */
export function readFrameV1(bytes: Buffer, start: number): Frame | NoFrame {
  const jsonAt = start + HEAD_BYTES;
  if (jsonAt > bytes.length) return "incomplete";
  const contentBytes = bytes.readUInt32LE(start);
  const jsonBytes = bytes.readUInt32LE(start + 8);
  if (contentBytes > MAX_CONTENT_BYTES || contentBytes < 4 + jsonBytes) return "damaged";
  const end = start + 8 + contentBytes;
  if (end > bytes.length) return "incomplete";
  const bodyAt = jsonAt + jsonBytes;
  const sum = bytes.readUInt32LE(start + 4);
  // Those versions wrote 0 for a frame without a body, from the second of a process on: there the JSON is the only proof.
  const hasNoSum = sum === 0 && bodyAt === end;
  if (!hasNoSum && crc32(bytes.subarray(start + 8, end)) !== sum) return "damaged";
  try {
    return { head: JSON.parse(bytes.toString("utf8", jsonAt, bodyAt)), body: bytes.subarray(bodyAt, end), number: undefined, start, end };
  } catch {
    // Only where there is no sum: the JSON is damaged.
    return "damaged";
  }
}

/**
 * Looks for the next whole frame behind damage.
 *
 * @param bytes - the segment
 * @param from - first offset that may be one
 * @returns the frame; `undefined` when there is none
 */
export function findFrameV1(bytes: Buffer, from: number): Frame | undefined {
  // What a client sent may look like the start of many frames, and each guess costs a sum: a bound keeps that linear.
  let leftBytes = 4 * bytes.length;
  for (let at = from + HEAD_BYTES; leftBytes > 0; at++) {
    at = bytes.indexOf(JSON_START, at);
    if (at < 0) return undefined;
    const frame = readFrameV1(bytes, at - HEAD_BYTES);
    if (typeof frame !== "string") return frame;
    if (frame === "damaged") leftBytes -= Math.min(MAX_CONTENT_BYTES, bytes.readUInt32LE(at - HEAD_BYTES));
  }
  return undefined;
}
