import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fateOf, type MarkedProcess, markOf, ownProcess, processOf } from "../machine/is-alive.js";
import { JournalWriter } from "./journal/journal-writer.js";
import { Recorder } from "./recorder.js";

/** A command that `ava-sdk run` watches, as its file `run/<id>/watched-<pid>.json` tells it. See docs/formats/watched.md. */
interface Watched {
  training: string;
  watcher: MarkedProcess;
  command: MarkedProcess;
}

const NAME = /^watched-\d+\.json$/;

/**
 * Notes who watches whom, for the case that we are killed.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param training - of the instance
 * @param pid - of the command
 * @returns takes the note back: the end was recorded
 */
export function noteWatched(runFolder: string, training: string, pid: number): () => void {
  const file = join(runFolder, `watched-${pid}.json`);
  const watched: Watched = { training, watcher: ownProcess(), command: processOf(pid) };
  try {
    writeFileSync(file, `${JSON.stringify(watched)}\n`, { mode: 0o600 });
  } catch {
    // A full disk: it will not be known how the run ended, if we are killed.
  }
  return () => rmSync(file, { force: true });
}

/** @param runFolder - `run/<id>` of a workspace @returns whether commands are noted there */
export function hasWatched(runFolder: string): boolean {
  return readdirSync(runFolder).some((name) => NAME.test(name));
}

/**
 * Records what is known of commands whose watcher was killed: that they have ended.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param instance - its id
 * @returns whether a command still runs without its watcher
 */
export function recordUnwatchedEnds(runFolder: string, instance: string): boolean {
  let isRunning = false;
  for (const name of readdirSync(runFolder).filter((one) => NAME.test(one))) {
    const watched = readWatched(join(runFolder, name));
    if (watched && fateOf(watched.watcher) !== "gone") continue;
    if (watched && fateOf(watched.command) !== "gone") {
      isRunning = true;
      continue;
    }
    if (watched) recordEnd(runFolder, instance, watched.training);
    rmSync(join(runFolder, name), { force: true });
  }
  return isRunning;
}

function recordEnd(runFolder: string, instance: string, training: string): void {
  const recorder = new Recorder(new JournalWriter({ folder: join(runFolder, "journal"), instance, training, isSelfShipped: true }));
  // No state: the command may have ended well. Without a heartbeat the run is shown as lost.
  recorder.facts({
    end: { message: "ava-sdk was killed while the command ran; the command has ended since, and how it ended is not known" },
  });
  recorder.close();
}

function readWatched(file: string): Watched | undefined {
  try {
    const { training, watcher, command } = JSON.parse(readFileSync(file, "utf8")) as Watched;
    return isProcess(watcher) && isProcess(command) ? { training, watcher, command } : undefined;
  } catch {
    // Cut off as we were killed, or already gone.
    return undefined;
  }
}

function isProcess(value: MarkedProcess | undefined): value is MarkedProcess {
  return (
    typeof value?.pid === "number" && typeof value.host === "string" && (value.process === undefined || markOf(value.process) !== undefined)
  );
}
