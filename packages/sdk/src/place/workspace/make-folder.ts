import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Node's own `recursive` never returns for a path below `/proc`, where a folder exists but a new one
 * in it is answered with ENOENT (seen with Node 20).
 *
 * @param path - absolute path
 * @param mode - of what is made; what is there stays as it is
 * @throws the file system's error
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (tryMake(path, mode) === undefined) return;
  if (dirname(path) !== path) makeFolder(dirname(path), mode);
  const error = tryMake(path, mode);
  if (error !== undefined) throw error;
}

/** @returns the error where the folder above it is missing; a folder that is there, as another process may have made it meanwhile, is as good as a new one */
function tryMake(path: string, mode: number): Error | undefined {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return error as Error;
    if (code !== "EEXIST") throw error;
  }
  return undefined;
}

/**
 * Makes a folder of a workspace, and those above it, for this user alone: what a training says of itself, and params that it takes, are not for other users.
 * A folder that the user made stays as it is.
 *
 * @param path - absolute path
 * @throws the file system's error
 */
export function makePrivateFolder(path: string): void {
  makeFolder(path, 0o700);
}
