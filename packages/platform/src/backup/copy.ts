import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PlatformError, systemCode } from "../error.js";

/**
 * Makes a folder as a whole: what is written goes to one beside it, which takes its name at the end. What fails leaves nothing behind.
 *
 * @param folder - not there yet, or empty
 * @param write - told the folder to write to
 * @throws PlatformError `data_dir_unusable` where there is something, `store_full`; what `write` throws
 */
export async function madeWhole<Result>(folder: string, write: (unfinished: string) => Promise<Result>): Promise<Result> {
  const target = resolve(folder);
  if (!(await isFree(target))) {
    throw new PlatformError(
      "data_dir_unusable",
      `${folder} is there already, and is not an empty folder. Name one that is not there; nothing was changed.`,
    );
  }
  const unfinished = join(dirname(target), `.${basename(target)}.unfinished-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const result = await write(unfinished);
    await syncFolder(unfinished);
    await rename(unfinished, target);
    await syncFolder(dirname(target));
    return result;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(systemCode(error) ?? "")) throw error;
    throw new PlatformError("store_full", `There is not enough room for ${folder}; nothing of it was kept.`, { cause: error });
  }
}

async function isFree(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return true;
    if (systemCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** Copies a file with its folder, for its owner only, and brings it to the disk; where the file system can, without copying its bytes. */
export async function copyPrivate(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, 0o600);
  const file = await open(to, "r+");
  await file.sync().finally(() => file.close());
}

/** A name in a folder is on the disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
