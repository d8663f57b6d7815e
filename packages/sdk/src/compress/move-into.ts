import { lstat, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

/**
 * Moves everything of a folder into another one of the same file system. Folders are merged, files replaced; a link in the target is
 * replaced by a file and never followed.
 *
 * @param from - folder, empty afterwards but for merged folders
 * @param to - folder that exists
 * @throws the file system's error
 */
export async function moveInto(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && (await isFolder(target))) await moveInto(source, target);
    else await rename(source, target);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
