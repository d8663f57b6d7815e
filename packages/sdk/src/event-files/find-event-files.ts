import { type Dirent, readdirSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

/** As TensorBoard finds them: any name with this in it. */
const EVENT_FILE = /tfevents/;
/** Folders in which frameworks keep the parts of one run: Keras, Estimators, and those who do as they do. */
const PARTS: ReadonlySet<string> = new Set(["train", "training", "validation", "valid", "val", "eval", "evaluation", "test"]);

/** @param path - of a file @returns whether it has the name of an event file */
export function isEventFile(path: string): boolean {
  return EVENT_FILE.test(basename(path));
}

/**
 * Looks for event files in a folder and below; links to folders are not followed.
 *
 * @param folder - any
 * @param mostEntries - after so many the rest is passed over; default: all
 * @returns their paths, sorted; what cannot be read is left out
 */
export function findEventFiles(folder: string, mostEntries: number = Number.POSITIVE_INFINITY): string[] {
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
      else if ((entry.isFile() || entry.isSymbolicLink()) && isEventFile(path)) found.push(path);
    }
  }
  return found.sort();
}

/** Where a folder of event files belongs. */
export interface RunPlace {
  /** Folder of the run. */
  folder: string;
  /** The part of the run that the folder has: its path below that of the run, `/` between; empty for the run itself. */
  part: string;
}

/**
 * Says which run a folder of event files is a part of: `train` and `validation` of what lies above them, and what `add_scalars` writes to folders below that of its
 * writer. All others are runs themselves.
 *
 * @param folder - with event files
 * @param root - the runs are here, or below
 * @param folders - all that have event files
 * @param standsAlone - whether a folder is a run, wherever it lies
 */
export function placeOf(
  folder: string,
  root: string,
  folders: ReadonlySet<string>,
  standsAlone: (folder: string) => boolean = () => false,
): RunPlace {
  let run = folder;
  if (run !== root && !standsAlone(run)) {
    if (PARTS.has(basename(run).toLowerCase())) run = dirname(run);
    for (let above = run; above !== root && above !== dirname(above); ) {
      above = dirname(above);
      if (folders.has(above)) run = above;
    }
  }
  return { folder: run, part: relative(run, folder).split(sep).join("/") };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not ours to look into, or gone.
    return [];
  }
}
