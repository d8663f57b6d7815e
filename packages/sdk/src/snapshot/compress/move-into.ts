import type { Stats } from "node:fs";
import { lstat, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

/**
 * Moves everything of a folder into another one of the same file system. Folders are merged, files replaced; a link in the target is
 * replaced by a file and never followed. Devices, pipes and sockets are not replaced: then nothing is moved.
 *
 * @param from - folder, empty afterwards but for merged folders
 * @param to - folder that exists
 * @throws the file system's error; Error when something in the target must not be replaced
 */
export async function moveInto(from: string, to: string): Promise<void> {
  await refuseSpecial(from, to);
  await moveAll(from, to);
}

async function refuseSpecial(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    const there = await factsOf(target);
    if (there && !there.isFile() && !there.isDirectory() && !there.isSymbolicLink())
      throw new Error(`${target} is not a regular file, and is not replaced`);
    if (entry.isDirectory() && there?.isDirectory()) await refuseSpecial(join(from, entry.name), target);
  }
}

async function moveAll(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && (await factsOf(target))?.isDirectory()) await moveAll(source, target);
    else await rename(source, target);
  }
}

async function factsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
