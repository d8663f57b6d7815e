import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { claimFolder } from "../../../machine/claim-folder.js";

/** Where the bytes of a download are until it is complete. */
export interface PartPlace {
  /** Path of the finished file. */
  path: string;
  /** Mode of the file that is replaced; absent: of a new one. */
  mode?: number;
  /** Path of the half-done file. */
  part: string;
  /** Path of the record of its finished blocks. */
  record: string;
  /** No later download goes on with it: it is removed when the download fails. */
  isPrivate: boolean;
  /** Lets others use the place. */
  release: () => Promise<void>;
}

/**
 * Finds a place for the bytes of a download that no other download uses. The first one to a path gets the place that a later one goes on from; a download that comes
 * while the first one still works, in this process or another one, gets one of its own.
 *
 * @param path - of the finished file
 * @param mode - of the file that is there
 * @returns the place
 */
export function claimPart(path: string, mode?: number): PartPlace {
  const common = { path, ...(mode === undefined ? {} : { mode }) };
  const [part, record, lock] = [`${path}.part`, `${path}.part.resume`, `${path}.part.lock`];
  const release = tryClaim(lock);
  // A file with the name of a part and without a record is not ours.
  if (release && (existsSync(record) || !existsSync(part))) {
    return { ...common, part, record, isPrivate: false, release: () => giveBack(lock, release) };
  }
  const own = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.part`;
  return { ...common, part: own, record: `${own}.resume`, isPrivate: true, release: () => giveBack(lock, release) };
}

function tryClaim(lock: string): (() => void) | undefined {
  try {
    return claimFolder(lock);
  } catch {
    // No links on this file system, or a disk that takes nothing, which the first write will tell.
    return undefined;
  }
}

async function giveBack(lock: string, release: (() => void) | undefined): Promise<void> {
  release?.();
  // Another one may have it already.
  if (release) await rmdir(lock).catch(() => undefined);
}
