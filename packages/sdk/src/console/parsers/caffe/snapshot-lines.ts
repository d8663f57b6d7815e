import type { RunEvent } from "../parser.js";

/** A snapshot whose files a trainer has named. */
export interface NamedSnapshot {
  step: number;
  files: string[];
}

/** The name of the last file of each of Caffe's snapshots. */
const LAST_FILE = /\.solverstate(\.h5)?$/;

/**
 * Collects the files of each snapshot that a trainer's lines name.
 *
 * @param onSnapshot - told when the last of its files was named; they may still grow
 * @returns takes snapshot events; others are passed over
 */
export function collectSnapshots(onSnapshot: (snapshot: NamedSnapshot) => void): (event: RunEvent) => void {
  let files: string[] = [];
  let stepOfFiles: number | undefined;
  return ({ event, step, file }) => {
    if (event !== "snapshot" || step === undefined || file === undefined) return;
    if (step !== stepOfFiles) files = [];
    stepOfFiles = step;
    files.push(file);
    if (!LAST_FILE.test(file)) return;
    onSnapshot({ step, files });
    files = [];
  };
}
