import { lutimesSync } from "node:fs";
import { join } from "node:path";
import { SpoolLock } from "../log/spool/spool-lock.js";

/** The lock of a holder on another host counts as left after a minute without this. */
const REFRESH_MS = 15_000;

/**
 * Claims the snapshots of a run, so that of several processes that attend it one at a time works on them: a wrapper, an agent, a sync. The claim of a process
 * that died is free.
 *
 * @param folder - `snapshots` of the run's folder
 * @returns gives the claim back; `undefined` when another process has it
 */
export function claimSnapshots(folder: string): (() => void) | undefined {
  const lock = new SpoolLock(folder);
  try {
    if (!lock.tryAcquire()) return undefined;
  } catch {
    // A file system without symbolic links: work that is done twice stores the same.
    return () => undefined;
  }
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
