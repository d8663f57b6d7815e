import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder } from "../place/workspace/make-folder.js";

/** Name of the file of a process without a rank. */
const MAIN = "main";

/**
 * Counts the steps of a run that names none, and remembers the last one in a file, so that the run goes on after it when it is joined again: also after a
 * `SIGKILL`, and without a platform. See docs/formats/journal.md.
 */
export class StepCounter {
  /** The last step; -1 before the first. */
  last: number;
  private readonly folder: string;
  private readonly name: string;
  private readonly bytes = new Float64Array(1);
  private fd: number | undefined;

  /**
   * @param folder - `steps` of the run's folder
   * @param rank - of this process
   */
  constructor(folder: string, rank: string | undefined) {
    this.folder = folder;
    this.name = rank === undefined ? MAIN : `rank-${rank}`;
    // Ranks start one after the other: what the first has done already is not the others' past.
    this.last = Math.max(-1, ...(rank === undefined ? namesIn(folder) : [this.name]).map((name) => readStep(join(folder, name))));
    this.open();
  }

  /** @param step - of a call; default: the next one @returns the step of the call */
  take(step: number = this.last + 1): number {
    this.last = step;
    this.bytes[0] = step;
    try {
      // Before the record itself: of a step that was not recorded nothing is lost, and none comes twice.
      if (this.fd !== undefined) writeSync(this.fd, this.bytes, 0, 8, 0);
    } catch {
      // A disk that went away: the run goes on, and a later one begins at an older step.
      this.close();
    }
    return step;
  }

  /** Closes the file. */
  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): void {
    try {
      makePrivateFolder(this.folder);
      this.fd = openSync(join(this.folder, this.name), "a+", 0o600);
      closeSync(this.fd);
      this.fd = openSync(join(this.folder, this.name), "r+");
    } catch {
      // Without it the run is recorded all the same.
      this.fd = undefined;
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readStep(path: string): number {
  try {
    const bytes = readFileSync(path);
    const step = bytes.length >= 8 ? bytes.readDoubleLE(0) : -1;
    return Number.isFinite(step) ? step : -1;
  } catch {
    return -1;
  }
}
