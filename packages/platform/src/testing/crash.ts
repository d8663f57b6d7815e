import { cpSync } from "node:fs";
import { basename } from "node:path";
import { testFolder } from "./folder.js";

/** Files that say who has a store open. */
const LOCKS = new Set(["lock", "lock.db"]);

/**
 * @param dataDir - folder of a store that may be open
 * @returns a copy as a process that died now would leave it
 */
export function copyAfterCrash(dataDir: string): string {
  const copy = testFolder();
  cpSync(dataDir, copy, { recursive: true, filter: (path) => !LOCKS.has(basename(path)) });
  return copy;
}
