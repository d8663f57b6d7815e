import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isHolderGone, newToken } from "./lock-token.js";

/** Name of the lock in the spool. */
const NAME = "takeover";

/**
 * Runs `work` unless another is at it: for taking a lock away whose holder is gone. It costs near to a millisecond, because it moves folders; for that
 * no moment of a `SIGKILL` can make two hold it, or make it stay. See docs/formats/log-spool.md.
 *
 * @param spool - folder in which the lock lies
 * @param work - what only one may do
 * @throws the file system's error
 */
export function whileTakingOver(spool: string, work: () => void): void {
  const folder = join(spool, NAME);
  if (!removeTokensOfGone(folder)) return;
  const token = newToken();
  const prepared = `${folder}.${token}`;
  mkdirSync(prepared);
  try {
    closeSync(openSync(join(prepared, token), "wx"));
    renameSync(prepared, folder);
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    // The folder has a token in it: another was faster.
    if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return;
    throw error;
  }
  try {
    work();
  } finally {
    unlinkSync(join(folder, token));
    removeIfEmpty(folder);
  }
}

/**
 * Removes what threads left that were killed while they took over.
 *
 * @param spool - folder in which the lock lies
 * @param names - what is in it
 * @throws the file system's error
 */
export function removeTakeoverLitter(spool: string, names: readonly string[]): void {
  for (const name of names) {
    const folder = join(spool, name);
    if (name === NAME) {
      removeTokensOfGone(folder);
      removeIfEmpty(folder);
    } else if (name.startsWith(`${NAME}.`) && isHolderGone(name.slice(NAME.length + 1), folder)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** @returns whether the lock is free now */
function removeTokensOfGone(folder: string): boolean {
  for (const token of listTokens(folder)) {
    if (!isHolderGone(token, join(folder, token))) return false;
    // By its name: where another thread was faster, a token of today is not hit.
    rmSync(join(folder, token), { force: true });
  }
  return true;
}

function listTokens(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The next one has it already.
  }
}
