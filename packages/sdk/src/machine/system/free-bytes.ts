import { statfsSync } from "node:fs";

/**
 * @param folder - a folder of the disk
 * @returns bytes that this user may still write to it
 */
export function readFreeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // The folder was moved or its disk unmounted; it may come back.
    return undefined;
  }
}
