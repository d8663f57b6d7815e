import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readSegmentHeader } from "../journal/segment-header.js";
import type { SegmentName } from "../journal/segment-name.js";

/** A segment that has no whole header after this time never gets one: its process was killed as it began. */
const HEADER_MS = 60_000;

/**
 * Whether the process that writes a segment may still live: it does when its pid exists on this host, and is taken to when the host is another one.
 *
 * @param folder - journal folder
 * @param name - a segment of the writer
 * @returns false only when the writer is surely gone
 */
export function isWriterAlive(folder: string, name: SegmentName): boolean {
  const header = readSegmentHeader(folder, name);
  if (header === undefined) return isYoung(join(folder, name.file));
  return header.host !== hostname() || isProcessAlive(header.pid);
}

/**
 * @param file - one whose header is not whole
 * @returns whether its process may still be at it
 */
export function isYoung(file: string): boolean {
  const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  // One that is gone was shipped by another; who wrote it may have gone on in the next one.
  return mtimeMs === undefined || Date.now() - mtimeMs < HEADER_MS;
}

/**
 * @param pid - of a process of this host
 * @returns false when it has ended, also when its parent has not asked for its exit code yet
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const isEnded = /^[ZX]/.test(text.slice(text.lastIndexOf(") ") + 2));
    // A first thread that has ended looks the same while others go on.
    return isEnded && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    // Not Linux, or not ours to see.
    return false;
  }
}
