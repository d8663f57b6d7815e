import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { PlatformError, systemCode } from "../../error.js";
import { DamageList } from "./damage.js";
import { connect } from "./database/connect.js";
import { broken, loadMeta } from "./database/open.js";
import { OWNER_ONLY } from "./folder.js";
import { readSegment } from "./log/read-segment.js";
import { listSegments, segmentPath } from "./log/segment-name.js";

/**
 * Copies database and log of a store, which a platform may have open, as they were at one moment: everything that was acknowledged before the call is in the copy.
 *
 * @param dataDir - the data folder
 * @param folder - an empty one for the copy
 * @throws PlatformError `data_dir_unusable` where there is no store, `store_damaged`; errors of the file system
 */
export async function backupStore(dataDir: string, folder: string): Promise<void> {
  const path = join(dataDir, "store.db");
  if (!existsSync(path))
    throw new PlatformError("data_dir_unusable", `There is no store in ${dataDir}. Name the platform's folder with --data.`);
  // Before the database: a checkpoint may remove segments meanwhile, and what is open can be read to its end. What it removed is in the database that is copied after it.
  const segments = openSegments(join(dataDir, "log"));
  try {
    const first = await copyDatabase(path, join(folder, "store.db"));
    await mkdir(join(folder, "log"), { mode: 0o700 });
    for (const [segment, fd] of segments) if (segment >= first) copySegment(fd, segmentPath(join(folder, "log"), segment));
  } finally {
    for (const fd of segments.values()) closeSync(fd);
  }
}

function openSegments(logFolder: string): Map<number, number> {
  const opened = new Map<number, number>();
  for (const segment of existsSync(logFolder) ? listSegments(logFolder) : []) {
    try {
      opened.set(segment, openSync(segmentPath(logFolder, segment), "r"));
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
    }
  }
  return opened;
}

/** @returns the first log segment that the copy does not contain */
async function copyDatabase(path: string, copy: string): Promise<number> {
  try {
    const source = new Database(path, { readonly: true });
    try {
      source.exec("PRAGMA busy_timeout = 5000");
      source.prepare("VACUUM INTO ?").run(copy);
    } finally {
      source.close();
    }
    const reader = new Database(copy, { readonly: true });
    const first = loadMeta(reader, new DamageList(copy)).get("log_segment") ?? 1;
    reader.close();
    // With the settings of a store, so that who only looks at the copy does not change its bytes.
    connect(copy).close();
    const file = await open(copy, "r+");
    await file.chmod(OWNER_ONLY);
    await file.sync();
    await file.close();
    return first;
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(systemCode(error) ?? "")) throw error;
    throw broken(path, (error as Error).message, error);
  }
}

/** Up to the last whole request: the one that is being written now is not acknowledged. */
function copySegment(fd: number, to: string): void {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(fd, bytes, length, bytes.length - length, length);
  const whole = bytes.subarray(0, length);
  const parts = readSegment(whole);
  const last = parts === "newer" ? undefined : [...parts].at(-1);
  writeFileSync(to, last?.kind === "unfinished" ? whole.subarray(0, last.start) : whole, { mode: OWNER_ONLY, flush: true });
}
