import { crc32 } from "node:zlib";
import type { LogStream } from "ava-protocol";

/** @returns a number that records of one stream of one writer share: a checksum of their names, never 0. */
export function streamNumber(writer: string, stream: LogStream): number {
  return crc32(`${writer} ${stream}`) || 1;
}
