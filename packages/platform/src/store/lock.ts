import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlatformError, systemCode } from "../error.js";

/** Who holds a store. `started` is the kernel's start time of the process, because process ids are used again. */
interface Holder {
  pid: number;
  started: string | undefined;
}

/**
 * Makes sure that one process only has the store open.
 *
 * @param folder - the data folder
 * @returns gives the lock back
 * @throws PlatformError `store_locked` when a living process has it
 */
export function lockStore(folder: string): () => void {
  const path = join(folder, "lock");
  const own = `${path}.${process.pid}.tmp`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startTime(process.pid) } satisfies Holder));
  try {
    while (!tryLink(own, path)) takeAwayStale(path, folder);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function takeAwayStale(path: string, folder: string): void {
  const text = readIfThere(path);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder !== undefined && isAlive(holder)) {
    throw new PlatformError(
      "store_locked",
      `The store in ${folder} is open in the process ${holder.pid}. Stop that ava-platform first, or give another --data folder.`,
    );
  }
  // Renamed first: of two processes that find the same stale lock one must not remove the other's new one.
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== text) tryLink(aside, path);
  rmSync(aside);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Half-written by a process that died: nobody holds it.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return holder.started === startTime(process.pid);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
  const started = startTime(holder.pid);
  return started === undefined || holder.started === undefined || started === holder.started;
}

/** @returns field 22 of /proc/<pid>/stat, where there is such a file */
function startTime(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
