import { lutimesSync } from "node:fs";
import { join } from "node:path";
import { FileLock } from "./file-lock.js";

/** The lock of a holder on another host counts as left after a minute without this. */
const REFRESH_MS = 15_000;

/**
 * Claims a folder, so that of several processes that work on what lies there one at a time does. The claim of a process that died is free.
 *
 * @param folder - made when it is missing
 * @returns gives the claim back; `undefined` when another one has it
 * @throws the file system's error, also where it has no symbolic links
 */
export function claimFolder(folder: string): (() => void) | undefined {
  const lock = new FileLock(folder);
  if (!lock.tryAcquire()) return undefined;
  const timer = setInterval(() => refresh(join(folder, "lock")), REFRESH_MS).unref();
  return () => {
    clearInterval(timer);
    lock.release();
  };
}

function refresh(link: string): void {
  const nowS = Date.now() / 1000;
  try {
    lutimesSync(link, nowS, nowS);
  } catch {
    // Taken away, or the folder was: the next round claims anew.
  }
}
