import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { PlatformError, systemCode } from "../../error.js";
import { makePrivate, OWNER_ONLY } from "./folder.js";

/** The process that holds a store, for people who are refused; the lock itself is the kernel's. */
interface Holder {
  pid: number;
  host: string;
  /** Start time of the process, field 22 of /proc/<pid>/stat: platforms that wrote store format 1 ask for it. */
  started: string | undefined;
}

/**
 * Makes sure that one process only has the store open: an exclusive lock of SQLite on an empty database, held until it is given back. The kernel
 * gives it back when the process dies, see docs/decisions/0052-kernel-lock.md.
 *
 * @param folder - the data folder
 * @returns gives the lock back
 * @throws PlatformError `store_locked` when another has it; `data_dir_unusable` when the lock file is not one
 */
export function lockStore(folder: string): () => void {
  const path = join(folder, "lock.db");
  const told = join(folder, "lock");
  makePrivate(path);
  const db = openLock(path);
  try {
    // Without a journal file, for which a full disk has no room; nothing is ever written.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    throw systemCode(error)?.startsWith("SQLITE_BUSY") ? isLocked(folder, told) : isUnusable(path, error);
  }
  tell(told);
  return () => {
    rmSync(told, { force: true, recursive: true });
    db.close();
  };
}

function openLock(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (error) {
    throw isUnusable(path, error);
  }
}

function tell(path: string): void {
  const holder: Holder = { pid: process.pid, host: hostname(), started: startTime() };
  try {
    writeFileSync(path, JSON.stringify(holder), { mode: OWNER_ONLY });
  } catch {
    // The lock holds without it.
  }
}

function isLocked(folder: string, told: string): PlatformError {
  return new PlatformError(
    "store_locked",
    `The store in ${folder} is open in ${readHolder(told)}. Stop that ava-platform first, or give another --data folder.`,
  );
}

function isUnusable(path: string, cause: unknown): PlatformError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError("data_dir_unusable", `The lock file ${path} cannot be used (${why}). Remove it and start again.`, { cause });
}

function readHolder(told: string): string {
  try {
    const { pid, host } = JSON.parse(readFileSync(told, "utf8")) as Partial<Holder>;
    return `the process ${pid}${host === undefined || host === hostname() ? "" : ` on ${host}`}`;
  } catch {
    // Not written yet, or not ours: the lock holds all the same.
    return "another process";
  }
}

function startTime(): string | undefined {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // No /proc on this system.
    return undefined;
  }
}
