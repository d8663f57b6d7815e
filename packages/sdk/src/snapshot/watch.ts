import { statSync } from "node:fs";
import { basename } from "node:path";
import { findFiles } from "./glob.js";

/** How often the pattern is looked at; a file is taken when it is the same at two looks. */
const LOOK_MS = 2_000;

/** Watches for files that a trainer writes, and tells of each new state of each file once. */
export class SnapshotWatch {
  private readonly patterns: readonly string[];
  private readonly onFile: (file: string, step: number | undefined) => void;
  private readonly seen = new Map<string, string>();
  private readonly taken = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;

  /**
   * Files that are there already belong to an earlier run and are passed over until they change.
   *
   * @param patterns - `--snapshot` globs
   * @param onFile - told of a file, with the last number in its name as the step
   */
  constructor(patterns: readonly string[], onFile: (file: string, step: number | undefined) => void) {
    this.patterns = patterns;
    this.onFile = onFile;
    for (const [file, state] of this.states()) this.taken.set(file, state);
    this.timer = setInterval(() => this.look(false), LOOK_MS).unref();
  }

  /** The trainer has ended: takes what is new, and stops. */
  close(): void {
    clearInterval(this.timer);
    this.look(true);
  }

  private look(isLast: boolean): void {
    for (const [file, state] of this.states()) {
      const isSettled = isLast || this.seen.get(file) === state;
      this.seen.set(file, state);
      if (!isSettled || this.taken.get(file) === state) continue;
      this.taken.set(file, state);
      this.onFile(file, stepOf(file));
    }
  }

  private *states(): Generator<[file: string, state: string]> {
    for (const file of new Set(this.patterns.flatMap(findFiles))) {
      const facts = statSync(file, { throwIfNoEntry: false });
      if (facts?.isFile() && facts.size > 0) yield [file, `${facts.size} ${facts.mtimeMs}`];
    }
  }
}

function stepOf(file: string): number | undefined {
  const digits = basename(file).match(/\d+/g)?.at(-1);
  return digits === undefined ? undefined : Number(digits);
}
