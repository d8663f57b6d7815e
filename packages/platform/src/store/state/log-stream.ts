import { crc32 } from "node:zlib";
import type { LogStream } from "ava-protocol";

/** @returns a number that records of one stream of one writer share: a checksum of their names, never 0. */
export function streamNumber(writer: string, stream: LogStream): number {
  return crc32(`${writer} ${stream}`) || 1;
}

/** Of texts of one length the checksums differ by what the texts differ by, whatever stands in front. */
const TO_SIBLING = crc32(" stdout") ^ crc32(" stderr");

/** @param stream - as of {@link streamNumber} @returns the number of the other stream of the same writer */
export function siblingOf(stream: number): number {
  return (stream ^ TO_SIBLING) >>> 0;
}
