import { makeFolder } from "./make-folder.js";

/** More often than this a folder does not vanish between two calls by chance. */
const MOST_TRIES = 20;

/**
 * Runs what creates a file in the spool. The folder is made if it is missing: at first, or because another writer was the last one and has removed it.
 *
 * @param folder - the spool
 * @param create - may be called several times
 * @returns what it returned
 * @throws the file system's error
 */
export function inFolder<Result>(folder: string, create: () => Result): Result {
  for (let tries = 1; ; tries += 1) {
    try {
      return create();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === MOST_TRIES) throw error;
      makeFolder(folder);
    }
  }
}
