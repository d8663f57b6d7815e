import { closeSync, openSync, readSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { decodeSegmentHead } from "ava-protocol";
import type { SegmentName } from "../journal/segment-name.js";

/**
 * Whether the process that writes a segment may still live: it does when its pid exists on this host, and is taken to when the host is another one.
 *
 * @param folder - journal folder
 * @param name - a segment of the writer
 * @returns false only when the writer is surely gone
 */
export function isWriterAlive(folder: string, name: SegmentName): boolean {
  const bytes = new Uint8Array(66_000);
  const fd = openSync(join(folder, name.file), "r");
  try {
    const head = decodeSegmentHead(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)));
    if (typeof head === "string") return true;
    return head.header.host !== hostname() || isProcessAlive(head.header.pid);
  } finally {
    closeSync(fd);
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
