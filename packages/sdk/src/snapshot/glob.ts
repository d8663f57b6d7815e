import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { isSnapshotFolder } from "./name-place.js";

/**
 * Finds the files that match a pattern: `*` and `?` within a name, `**` across folders; folders, too, that are
 * named as one snapshot. As in a shell, names with a dot in front are meant only where the pattern says so. Links are not followed below a folder. One folder is
 * read after the other, so that a large or slow tree holds up nothing else (docs/decisions/0075-a-glob-of-our-own.md).
 *
 * @param pattern - relative to the working folder, or absolute
 * @returns absolute paths
 */
export async function findFiles(pattern: string): Promise<string[]> {
  const parts = resolve(pattern).split(sep).slice(1);
  const firstWild = parts.findIndex((part) => /[*?]/.test(part));
  if (firstWild < 0) return [resolve(pattern)];
  const found: string[] = [];
  await search(sep + parts.slice(0, firstWild).join(sep), parts.slice(firstWild), found);
  return found;
}

async function search(folder: string, parts: readonly string[], found: string[]): Promise<void> {
  const [part, ...rest] = parts as [string, ...string[]];
  const entries = await list(folder);
  if (part === "**") {
    if (rest.length > 0) await search(folder, rest, found);
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) await search(join(folder, entry.name), parts, found);
      else if (rest.length === 0) found.push(join(folder, entry.name));
    }
    return;
  }
  const matches = matcher(part);
  for (const entry of entries) {
    if (!matches.test(entry.name)) continue;
    if (rest.length > 0) await search(join(folder, entry.name), rest, found);
    else if (isSnapshot(entry)) found.push(join(folder, entry.name));
  }
}

function isSnapshot(entry: Dirent): boolean {
  return entry.isFile() || (entry.isDirectory() && isSnapshotFolder(entry.name));
}

function matcher(part: string): RegExp {
  const source = part
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${part.startsWith(".") ? "" : "(?!\\.)"}${source}$`);
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // Not there yet, or not ours to read.
    return [];
  }
}
