import { statSync } from "node:fs";

/** A file that has no whole header after this time never gets one: its process was killed as it began. */
const HEADER_MS = 60_000;

/**
 * @param file - one whose header is not whole
 * @returns whether its process may still be at it
 */
export function isYoung(file: string): boolean {
  const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  // One that is gone was shipped by another process; its writer may have gone on in the next one.
  return mtimeMs === undefined || Date.now() - mtimeMs < HEADER_MS;
}
