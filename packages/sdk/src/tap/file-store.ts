import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { RefusedError, type RunFile } from "ava-dialects";
import type { RunLayout } from "../place/workspace/layout.js";
import { makePrivateFolder } from "../place/workspace/make-folder.js";

/** Begins the name of a file that is being written. */
const PART = ".part-";
/** A file is where a folder is wanted, or a folder where a file is. */
const NO_PLACE: ReadonlySet<string> = new Set(["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"]);

/** @param layout - of a run @returns the folder of its files that clients put */
export function filesFolder(layout: RunLayout): string {
  return join(layout.base, "files");
}

/**
 * Writes a file beside its place and moves it there: a reader never sees half of one. Paths are checked by the dialect.
 *
 * @param folder - of the run's files
 * @param path - below it
 * @param bytes - content
 * @returns its size
 * @throws RefusedError `exists` where no file can be; otherwise the file system's error
 */
export async function putFile(folder: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
  const target = join(folder, path);
  const part = join(folder, `${PART}${randomBytes(8).toString("hex")}`);
  try {
    makePrivateFolder(dirname(target));
    await pipeline(bytes, createWriteStream(part, { mode: 0o600 }));
    renameSync(part, target);
    return { bytes: statSync(target).size };
  } catch (error) {
    if (!NO_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new RefusedError("exists", `a file or a folder is in the way of the file ${path}`);
  } finally {
    rmSync(part, { force: true });
  }
}

/** @param folder - of the run's files @param path - of a folder below it @returns what it holds; nothing for a file */
export function listFiles(folder: string, path: string): RunFile[] {
  const place = join(folder, path);
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(place)
    .filter((name) => !name.startsWith(PART))
    .map((name) => {
      const stat = statSync(join(place, name));
      return { name, isFolder: stat.isDirectory(), bytes: stat.isDirectory() ? 0 : stat.size };
    });
}

/** @param folder - of the run's files @param path - of a file below it @returns its bytes; `undefined` when there is none */
export function readFile(folder: string, path: string): AsyncIterable<Uint8Array> | undefined {
  const place = join(folder, path);
  return existsSync(place) && statSync(place).isFile() ? createReadStream(place) : undefined;
}

/** @param folder - of the run's files @param path - of a file or folder below it, which goes */
export function removeFiles(folder: string, path: string): void {
  const place = join(folder, path);
  // Below a file there is nothing.
  if (existsSync(place)) rmSync(place, { recursive: true, force: true });
}

/** Removes what was written when its process was killed. @param folder - of the run's files, to which no process writes */
export function removeParts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.startsWith(PART)) rmSync(join(folder, name), { force: true });
}

/** Writes a file of which it is not known yet whose it is. @param folder - of such files @param bytes - content @returns a name for {@link putStaged} */
export async function stageFile(folder: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const name = randomBytes(16).toString("hex");
  await putFile(folder, name, bytes);
  return name;
}

/** @param staging - folder of {@link stageFile} @param name - that it gave @param folder - of the run's files @param path - below it @returns whether it was there, and nothing was in its way */
export function putStaged(staging: string, name: string, folder: string, path: string): boolean {
  const [source, target] = [join(staging, name), join(folder, path)];
  if (!/^[0-9a-f]{32}$/.test(name) || !existsSync(source)) return false;
  try {
    makePrivateFolder(dirname(target));
    renameSync(source, target);
    return true;
  } catch (error) {
    if (!NO_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}
