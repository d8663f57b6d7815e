import { statSync } from "node:fs";
import { findEventFiles } from "./find-event-files.js";
import { openEventFiles } from "./open-event-files.js";

/** Folders are walked over in every so many looks only. */
const FOLDERS_EVERY = 4;
/** What is looked at of a folder that the user named, of one with event files in it, and of one that may be anything, while the command's end waits. */
const [MOST_NAMED_ENTRIES, MOST_ENTRIES, MOST_FOREIGN_ENTRIES] = [200_000, 20_000, 5_000];
/** The clock of a file system is one tick of the kernel behind. */
const LAG_MS = 20;

/** Where event files of a command may be. */
export interface EventFileFinderOptions {
  /** Pids of the command's processes; none: nothing is found by what they have open. */
  pids: () => readonly string[];
  /** Folders that the user named. */
  folders: readonly string[];
  /** Where the command works; what is left there is looked for when it has ended. */
  workingFolder?: string;
  /** When the command was started, in ms since 1970: older files are of others. */
  startMs: number;
}

/** Finds the event files that a command writes: those that its processes have open, and what lies beside them or in folders that were named. */
export class EventFileFinder {
  private readonly options: EventFileFinderOptions;
  private readonly seenPids = new Set<string>();
  private looks = 0;

  /** @param options - where they may be */
  constructor(options: EventFileFinderOptions) {
    this.options = options;
  }

  /**
   * Looks for files.
   *
   * @param known - folders in which there are some already: a writer makes others beside and below
   * @param isLast - the command has ended: what it had open for a moment only is looked for as well
   * @returns paths in the order in which the files were made; known ones are among them
   */
  find(known: readonly string[], isLast: boolean): string[] {
    const { pids, folders, workingFolder } = this.options;
    const living = pids();
    for (const pid of living) this.seenPids.add(pid);
    const found = new Set(living.flatMap(openEventFiles));
    if (isLast || this.looks++ % FOLDERS_EVERY === 0) {
      for (const folder of folders) this.addNew(folder, MOST_NAMED_ENTRIES, found);
      for (const folder of known) this.addNew(folder, MOST_ENTRIES, found);
      if (isLast && workingFolder !== undefined) this.addNew(workingFolder, MOST_FOREIGN_ENTRIES, found, (file) => this.isByUs(file));
    }
    return [...found]
      .map((file) => [file, madeMs(file)] as const)
      .sort(inOrder)
      .map(([file]) => file);
  }

  private addNew(folder: string, mostEntries: number, found: Set<string>, isOurs: (file: string) => boolean = () => true): void {
    for (const file of findEventFiles(folder, mostEntries)) if (this.isNew(file) && isOurs(file)) found.add(file);
  }

  private isNew(file: string): boolean {
    const stat = statSync(file, { throwIfNoEntry: false });
    const sinceMs = this.options.startMs - LAG_MS;
    return stat !== undefined && stat.isFile() && stat.mtimeMs >= sinceMs && (stat.birthtimeMs === 0 || stat.birthtimeMs >= sinceMs);
  }

  /** Most writers put their pid into the name, before a counter: another training may work in the same folder. */
  private isByUs(file: string): boolean {
    const pid = /tfevents\.\d+\..*\.(\d+)\.\d+(?:\.[^.]*)?$/.exec(file)?.[1];
    return pid === undefined || this.seenPids.has(pid);
  }
}

function madeMs(file: string): number {
  const { birthtimeMs = 0, ctimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return birthtimeMs || ctimeMs;
}

function inOrder([fileA, madeA]: readonly [string, number], [fileB, madeB]: readonly [string, number]): number {
  return madeA - madeB || (fileA < fileB ? -1 : 1);
}
