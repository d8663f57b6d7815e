import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { decodeSegmentHead, type SegmentHeader } from "ava-protocol";
import type { SegmentName } from "./segment-name.js";

/**
 * @param folder - journal folder
 * @param name - one of its segments
 * @returns what the segment says of its writer; `undefined` when its head is not whole (yet), or it was shipped and deleted
 * @throws the file system's error
 */
export function readSegmentHeader(folder: string, name: SegmentName): SegmentHeader | undefined {
  const bytes = new Uint8Array(66_000);
  const fd = open(join(folder, name.file));
  if (fd === undefined) return undefined;
  try {
    const head = decodeSegmentHead(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)));
    return typeof head === "string" ? undefined : head.header;
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
