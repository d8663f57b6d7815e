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
  const ends = endsOf(bytes, start);
  if (typeof ends === "string") return ends;
  const { bodyAt, end } = ends;
  const sum = bytes.readUInt32LE(start + 4);
  // Those versions wrote 0 for a frame without a body, from the second of a process on: there the JSON is the only proof.
  const hasNoSum = sum === 0 && bodyAt === end;
  if (!hasNoSum && crc32(bytes.subarray(start + 8, end)) !== sum) return "damaged";
  try {
    const head: unknown = JSON.parse(bytes.toString("utf8", start + HEAD_BYTES, bodyAt));
    return { head, body: bytes.subarray(bodyAt, end), number: undefined, start, end };
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
  let leftBytes = 8 * bytes.length;
  for (let at = bytes.indexOf(JSON_START, from + HEAD_BYTES); at >= 0 && leftBytes > 0; at = bytes.indexOf(JSON_START, at + 1)) {
    const start = at - HEAD_BYTES;
    const ends = endsOf(bytes, start);
    if (typeof ends === "string") continue;
    const frame = readFrameV1(bytes, start);
    if (typeof frame !== "string") return frame;
    leftBytes -= ends.end - start;
  }
  return undefined;
}

/** @returns where JSON and body of a frame end, by its lengths */
function endsOf(bytes: Buffer, start: number): { bodyAt: number; end: number } | NoFrame {
  const jsonAt = start + HEAD_BYTES;
  if (jsonAt > bytes.length) return "incomplete";
  const contentBytes = bytes.readUInt32LE(start);
  const jsonBytes = bytes.readUInt32LE(start + 8);
  if (contentBytes > MAX_CONTENT_BYTES || contentBytes < 4 + jsonBytes) return "damaged";
  const end = start + 8 + contentBytes;
  return end > bytes.length ? "incomplete" : { bodyAt: jsonAt + jsonBytes, end };
}
