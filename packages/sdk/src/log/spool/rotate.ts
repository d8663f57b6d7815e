import { existsSync, renameSync } from "node:fs";

/** When a log is put aside, and how many are kept. */
export interface Rotation {
  /** Longest log; 0: it grows for ever. */
  maxBytes: number;
  /** Logs kept beside the current one; 0: no rotation either, as in Python. */
  backupCount: number;
}

/**
 * Puts the log aside: `run.log` becomes `run.log.1`, that `run.log.2`, and so on; the one beyond the last is dropped. A rotation that
 * a process was killed in has left a gap, and is completed by this one from there.
 *
 * @param file - path of the log
 * @param backupCount - how many are kept, at least 1
 * @throws the file system's error
 */
export function rotate(file: string, backupCount: number): void {
  let gap = 1;
  while (gap < backupCount && existsSync(`${file}.${gap}`)) gap += 1;
  for (let age = gap; age > 1; age -= 1) renameSync(`${file}.${age - 1}`, `${file}.${age}`);
  renameSync(file, `${file}.1`);
}
