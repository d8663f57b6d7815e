import { basename, dirname } from "node:path";
import { type NamePlace, placeInName } from "./name-place.js";

/** Files that belong to one iteration. */
export interface FileGroup {
  /** Of this folder and iteration. */
  key: string;
  place: NamePlace;
  files: string[];
  /** Files of no iteration that go with them: `net-symbol.json` with `net-0001.params`. */
  companions: string[];
}

/**
 * Puts files together that belong to one iteration: those of one folder whose names say the same place (`net_iter_500.caffemodel` and `.solverstate`),
 * or, where they say none, have the same name but for their ending.
 *
 * @param paths - of files and folders
 * @returns the groups, those with a place first
 */
export function groupFiles(paths: readonly string[]): FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const path of paths) {
    const place = placeInName(path);
    const key = `${dirname(path)}\n${hasPlace(place) ? JSON.stringify(place) : stemOf(path)}`;
    const group = groups.get(key);
    if (group) group.files.push(path);
    else groups.set(key, { key, place, files: [path], companions: [] });
  }
  const placed = [...groups.values()].filter(({ place }) => hasPlace(place));
  const others = [...groups.values()].filter(({ place }) => !hasPlace(place));
  for (const group of placed) group.companions = others.flatMap(({ files }) => files.filter((file) => isCompanion(file, group.files)));
  return [...placed, ...others];
}

function hasPlace({ epoch, step }: NamePlace): boolean {
  return epoch !== undefined || step !== undefined;
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}

/** In the same folder, and named by what stands before the number. */
function isCompanion(file: string, numbered: readonly string[]): boolean {
  return numbered.some((path) => {
    const prefix = basename(path).replace(/\d.*$/s, "");
    return dirname(path) === dirname(file) && /\w/.test(prefix) && basename(file).startsWith(prefix);
  });
}
