import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { LOG_HEAD, readFrame } from "./log/frame.js";

/** What was found at the end of a log that could not be read to its end. */
export interface TornTail {
  path: string;
  /** Bytes that are no whole frame. */
  bytes: number;
  /** The bytes were not the start of a frame, so more than one request may be lost; a copy of the file is kept. */
  copy: string | undefined;
}

/**
 * Reads the frames of a log segment in order, and cuts the file back to the last whole one.
 *
 * @param path - the segment
 * @param take - called for each frame
 * @returns what was cut off; `undefined` for a whole segment
 */
export function replaySegment(path: string, take: (head: unknown, body: Uint8Array) => void): TornTail | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < LOG_HEAD.length || !LOG_HEAD.every((byte, i) => bytes[i] === byte)) {
    return cut(path, bytes.length, 0, bytes.length >= LOG_HEAD.length);
  }
  let at = LOG_HEAD.length;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    if (typeof frame === "string") return cut(path, bytes.length, at, frame === "damaged");
    take(frame.head, frame.body);
    at = frame.end;
  }
  return undefined;
}

function cut(path: string, sizeBytes: number, wholeBytes: number, isDamage: boolean): TornTail | undefined {
  const copy = isDamage ? `${path}.damaged` : undefined;
  if (copy !== undefined) copyFileSync(path, copy);
  truncateSync(path, wholeBytes);
  return sizeBytes === wholeBytes ? undefined : { path, bytes: sizeBytes - wholeBytes, copy };
}
