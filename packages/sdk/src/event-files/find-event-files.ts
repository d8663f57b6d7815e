import { basename, dirname, relative, sep } from "node:path";
import { findFiles } from "../place/find-files.js";

/** As TensorBoard finds them: any name with this in it. */
const EVENT_FILE = /tfevents/;
/** Folders in which frameworks keep the parts of one run: Keras, Estimators, and those who do as they do. */
const PARTS: ReadonlySet<string> = new Set(["train", "training", "validation", "valid", "val", "eval", "evaluation", "test"]);

/** @param path - of a file @returns whether it has the name of an event file */
export function isEventFile(path: string): boolean {
  return EVENT_FILE.test(basename(path));
}

/** @param folder - any @param mostEntries - see {@link findFiles} @returns paths of the event files in it and below, sorted */
export function findEventFiles(folder: string, mostEntries?: number): string[] {
  return findFiles(folder, isEventFile, mostEntries);
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
