import { type FileState, fileState } from "./file-state.js";
import { findFiles } from "./glob.js";
import { groupFiles } from "./group-files.js";
import type { NamePlace } from "./name-place.js";

/** How often the pattern is looked at; files are taken when they are the same at two looks. */
const LOOK_MS = 2_000;

/** Files of one iteration that a trainer has written. */
export interface FoundSnapshot {
  /** Absolute paths. */
  files: string[];
  /** What their names say. */
  place: NamePlace;
  /** When the newest of them was written, in milliseconds since 1970. */
  writtenMs: number;
}

/** How a {@link SnapshotWatch} looks. */
export interface SnapshotWatchOptions {
  /** `--snapshot` globs. */
  patterns: readonly string[];
  /** Whether another part of the run takes this file or folder. */
  isForeign: (path: string) => boolean;
  /** Told of new or changed files; whether they are taken, or else told of again. */
  take: (found: FoundSnapshot) => boolean;
}

/** Watches for files that a trainer writes, and tells of each new state of each iteration's files once. */
export class SnapshotWatch {
  private readonly options: SnapshotWatchOptions;
  private readonly seen = new Map<string, string>();
  private readonly taken = new Map<string, string>();
  /** Files of an earlier run, as they were. */
  private readonly old = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** The look that goes on: there is one at a time. */
  private looking: Promise<void>;

  /**
   * Files that are there already belong to an earlier run and are passed over until they change.
   *
   * @param options - which files
   */
  constructor(options: SnapshotWatchOptions) {
    this.options = options;
    this.looking = this.lookAtOld();
    this.lookLater();
  }

  /** Settles when the files that are there already are known. */
  get ready(): Promise<void> {
    return this.looking;
  }

  /**
   * The trainer has ended: takes what is new, and stops.
   *
   * @returns settles when it is taken
   */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.look(true);
  }

  private lookLater(): void {
    void this.looking.then(() => {
      if (this.isClosed) return;
      this.timer = setTimeout(() => {
        this.looking = this.look(false);
        this.lookLater();
      }, LOOK_MS).unref();
    });
  }

  private async lookAtOld(): Promise<void> {
    for (const [path, { text }] of await this.states()) {
      this.old.set(path, text);
      this.taken.set(path, text);
    }
  }

  private async look(isLast: boolean): Promise<void> {
    const states = await this.states();
    const textOf = (path: string) => states.get(path)?.text ?? "";
    const isOld = (path: string) => this.old.get(path) === textOf(path);
    const isNew = (path: string) => this.taken.get(path) !== textOf(path);
    /** Wait for files that they go with. */
    const held = new Set<string>();
    for (const { key, place, files: all, companions } of groupFiles([...states.keys()])) {
      const files = all.filter((path) => !isOld(path));
      const text = files.map((path) => `${path} ${textOf(path)}`).join("\n");
      const isSettled = isLast || this.seen.get(key) === text;
      this.seen.set(key, text);
      const fresh = files.filter((path) => isNew(path) && !held.has(path) && !this.options.isForeign(path));
      if (fresh.length === 0) continue;
      if (!isSettled) {
        for (const path of companions) held.add(path);
        continue;
      }
      const writtenMs = Math.max(...fresh.map((path) => states.get(path)?.changedMs ?? 0));
      if (!this.options.take({ files: [...files, ...companions], place, writtenMs })) continue;
      for (const path of [...files, ...companions]) this.taken.set(path, textOf(path));
    }
  }

  private async states(): Promise<Map<string, FileState>> {
    const states = new Map<string, FileState>();
    for (const pattern of this.options.patterns) {
      for (const path of await findFiles(pattern)) {
        if (states.has(path) || this.options.isForeign(path)) continue;
        const state = await fileState(path);
        // A file of no bytes was only just made.
        if (typeof state === "object" && (state.isFolder || !state.isEmpty)) states.set(path, state);
      }
    }
    return states;
  }
}
