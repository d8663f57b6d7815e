import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Looks for files in a folder and below; links to folders are not followed, links to nothing and to pipes are left out.
 *
 * @param folder - any
 * @param isWanted - whether a file of this name is
 * @param mostEntries - after so many the rest is passed over; default: all
 * @returns paths, sorted; what cannot be read is left out
 */
export function findFiles(folder: string, isWanted: (name: string) => boolean, mostEntries: number = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = [];
  let entries = 0;
  // Folders are added while it is walked: those above come first.
  const folders = [folder];
  for (const next of folders) {
    for (const entry of entriesOf(next)) {
      entries += 1;
      if (entries > mostEntries) return found.sort();
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (isWanted(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && isFile(path)))) found.push(path);
    }
  }
  return found.sort();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not ours to look into, or gone.
    return [];
  }
}

function isFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    // It leads nowhere, or round in a circle.
    return false;
  }
}
