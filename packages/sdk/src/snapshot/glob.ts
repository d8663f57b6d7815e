import { type Dirent, readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { isSnapshotFolder } from "./name-place.js";

/**
 * Finds the files that match a pattern: `*` and `?` within a name, `**` across folders; folders, too, that are
 * named as one snapshot. Node 20 has no glob of its own.
 *
 * @param pattern - relative to the working folder, or absolute
 * @returns absolute paths
 */
export function findFiles(pattern: string): string[] {
  const parts = resolve(pattern).split(sep).slice(1);
  const firstWild = parts.findIndex((part) => /[*?]/.test(part));
  if (firstWild < 0) return [resolve(pattern)];
  const found: string[] = [];
  search(sep + parts.slice(0, firstWild).join(sep), parts.slice(firstWild), found);
  return found;
}

function search(folder: string, parts: readonly string[], found: string[]): void {
  const [part, ...rest] = parts as [string, ...string[]];
  const entries = list(folder);
  if (part === "**") {
    if (rest.length > 0) search(folder, rest, found);
    for (const entry of entries) {
      if (entry.isDirectory()) search(join(folder, entry.name), parts, found);
      else if (rest.length === 0) found.push(join(folder, entry.name));
    }
    return;
  }
  const matches = matcher(part);
  for (const entry of entries) {
    if (!matches.test(entry.name)) continue;
    if (rest.length > 0) search(join(folder, entry.name), rest, found);
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
  // As in a shell: names with a dot in front are meant only where the pattern says so.
  return new RegExp(`^${part.startsWith(".") ? "" : "(?!\\.)"}${source}$`);
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not there yet, or not ours to read.
    return [];
  }
}
