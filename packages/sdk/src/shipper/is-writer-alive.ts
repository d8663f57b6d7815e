import { hostname } from "node:os";
import { readSegmentHeader } from "../journal/segment-header.js";
import type { SegmentName } from "../journal/segment-name.js";

/**
 * Whether the process that writes a segment may still live: it does when its pid exists on this host, and is taken to when the host is another one.
 *
 * @param folder - journal folder
 * @param name - a segment of the writer
 * @returns false only when the writer is surely gone
 */
export function isWriterAlive(folder: string, name: SegmentName): boolean {
  const header = readSegmentHeader(folder, name);
  return header === undefined || header.host !== hostname() || isProcessAlive(header.pid);
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
