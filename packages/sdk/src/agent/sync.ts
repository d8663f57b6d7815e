import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fateOf, type MarkedProcess } from "../machine/is-alive.js";
import { AvaError } from "../place/error.js";
import type { Settings } from "../place/settings/settings.js";
import { listSegments } from "../record/journal/segment-name.js";
import { hasWatched, recordUnwatchedEnds } from "../record/watched.js";
import { backoffMs } from "../ship/backoff.js";
import { RunFileSender } from "../ship/run-files.js";
import { RunWriters } from "../ship/run-writers.js";
import type { ShippedWriter } from "../ship/shipped-writer.js";
import { createTransport, type Transport } from "../ship/transport.js";
import { JobFolder } from "../snapshot/job-folder.js";
import { lineageOf } from "../snapshot/lineage.js";
import { listLines, RunLines } from "./run-lines.js";
import { syncSnapshots } from "./sync-snapshots.js";

/** What {@link syncRun} did for one run. */
export interface SyncedRun {
  instance: string;
  records: number;
  /** Everything that was in the journal is acknowledged. */
  isComplete: boolean;
  /** The run still goes on, or may do so on another host or in another container. */
  isLive: boolean;
  refusedRecords: number;
  damagedBytes: number;
  /** Snapshots that were stored and registered. */
  snapshots: number;
  /** Why it is not complete. */
  reason?: string;
  /** The platform takes nothing now, of other runs neither. */
  isPlatformAway?: true;
  /** The instance was deleted on the platform. */
  isDeleted?: true;
}

/** For a question that asks no platform. */
const NOWHERE = { platformUrl: "" };
const REQUEST_TIMEOUT_MS = 30_000;
/** For all files of a run; what is left is sent by the next sync. */
const MOST_FILES_MS = 24 * 3_600_000;
/** Tries of one batch before a writer is given up for this time; a record that fails alone has those of its suspicion. */
const MOST_FAILURES = 4;
/** A sync is waited for: longest pause between two tries. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * The run folders of a workspace in which a journal, console lines or snapshots wait.
 *
 * @param workspace - path of the workspace
 * @returns paths of run folders, oldest name first; one that cannot be looked into is among them
 */
export function listRuns(workspace: string): string[] {
  const runs = join(workspace, "run");
  if (!isFolder(runs)) return [];
  return readdirSync(runs)
    .sort()
    .map((name) => join(runs, name))
    .filter((path) => isFolder(path) && mayHaveLeft(path));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function mayHaveLeft(path: string): boolean {
  try {
    return (
      listSegments(join(path, "journal")).length > 0 ||
      listLines(join(path, "lines")).length > 0 ||
      hasWatched(path) ||
      new JobFolder(join(path, "snapshots")).isWorkLeft() ||
      new RunFileSender(path, basename(path), NOWHERE).waiting > 0
    );
  } catch {
    // The sync tells why.
    return true;
  }
}

/**
 * Ships what is left in the journals of one run, also while it goes on.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param settings - platform and storage
 * @param ended - writers of this process that have ended, in the order in which they are sent
 * @returns what was shipped, and why the rest was not
 * @throws AvaError FILE_UNREADABLE when the folder is not a run folder
 */
export async function syncRun(runFolder: string, settings: Settings, ended: ReadonlySet<string> = new Set()): Promise<SyncedRun> {
  if (!isFolder(runFolder)) {
    throw new AvaError("FILE_UNREADABLE", `${runFolder} is not a folder; give the folder of a run, like ava-workspace/run/<instance id>`);
  }
  const instance = basename(resolve(runFolder));
  const result: SyncedRun = { instance, records: 0, isComplete: true, isLive: false, refusedRecords: 0, damagedBytes: 0, snapshots: 0 };
  const transport = createTransport(settings.platformUrl, settings.token);
  const isUnwatched = recordUnwatchedEnds(runFolder, instance);
  const lines = linesOf(resolve(runFolder), instance);
  const writers = writersOf(join(runFolder, "journal"), instance, ended);
  try {
    await shipAll(inOrder(writers.refresh(), ended), transport, result);
    // Lines of a run that goes on are read, too: of two who read them the platform takes what it does not have.
    await shipAll(lines.refresh(), transport, result);
    result.isLive = isUnwatched || writers.living.length + lines.living.length > 0;
    result.refusedRecords = writers.refusedRecords + lines.refusedRecords;
    for (const problem of [...writers.problems, ...lines.problems]) fail(result, problem);
    if (!result.isPlatformAway && !result.isDeleted) await sendFiles(runFolder, instance, settings, result);
    // The snapshots of a live run are in its own hands.
    if (!result.isLive) await storeSnapshots(runFolder, lines, settings, result);
  } catch (error) {
    // Of this run's folder: the sync of the others goes on.
    fail(result, (error as Error).message);
  } finally {
    transport.close();
    writers.close();
    lines.close();
  }
  return result;
}

function mayWrite(header: MarkedProcess, file: string): boolean {
  return fateOf(header, file) !== "gone";
}

/** Points of one series that two writers tell stay in their order. */
function inOrder(writers: readonly ShippedWriter[], ended: ReadonlySet<string>): ShippedWriter[] {
  const order = [...ended];
  return writers.toSorted((a, b) => order.indexOf(a.shipper.writer) - order.indexOf(b.shipper.writer));
}

function writersOf(folder: string, instance: string, ended: ReadonlySet<string>): RunWriters {
  const writers = new RunWriters({
    folder,
    instance,
    isOwn: () => false,
    isOurs: () => true,
    isAlive: (header, file) => !ended.has(header.writer) && mayWrite(header, file),
  });
  writers.refresh();
  // Which writers are gone is found out before the last of what they wrote is listed.
  writers.look();
  return writers;
}

function linesOf(runFolder: string, instance: string): RunLines {
  return new RunLines({
    folder: join(runFolder, "lines"),
    jobs: new JobFolder(join(runFolder, "snapshots")),
    factsOfRun: ({ training, referenceTimeMs }) => lineageOf(dirname(dirname(runFolder)), { instance, training, startMs: referenceTimeMs }),
    isOurs: () => true,
    isAlive: mayWrite,
    // What stays as it is is in the result.
    tell: () => undefined,
  });
}

async function sendFiles(runFolder: string, instance: string, settings: Settings, result: SyncedRun): Promise<void> {
  const { isComplete, reason = "" } = await new RunFileSender(runFolder, instance, settings).send(Date.now() + MOST_FILES_MS);
  if (!isComplete) fail(result, reason);
}

/** Lines may name more snapshots than may wait at a time. */
async function storeSnapshots(runFolder: string, lines: RunLines, settings: Settings, result: SyncedRun): Promise<void> {
  for (;;) {
    while (!lines.lookForSnapshots());
    const { registered, waiting, unregistered, reason } = await syncSnapshots(runFolder, settings);
    result.snapshots += registered;
    if (waiting + unregistered > 0) return fail(result, `${waiting + unregistered} snapshots wait: ${reason}`);
    if (registered === 0) return;
  }
}

/** The first reason stays. */
function fail(result: SyncedRun, reason: string): void {
  result.isComplete = false;
  result.reason ??= reason;
}

async function shipAll(writers: readonly ShippedWriter[], transport: Transport, result: SyncedRun): Promise<void> {
  for (const writer of writers) {
    if (!result.isPlatformAway && !result.isDeleted) await shipWriter(writer, transport, result);
    result.damagedBytes += writer.shipper.damagedBytes;
  }
}

async function shipWriter({ shipper, isGone }: ShippedWriter, transport: Transport, result: SyncedRun): Promise<void> {
  shipper.unsureMs = 0;
  for (;;) {
    const step = await shipper.step(transport, REQUEST_TIMEOUT_MS, isGone);
    if (step.kind === "idle") return;
    if (step.kind === "shipped") {
      result.records += step.records;
      continue;
    }
    if (step.kind === "failed" && (shipper.failures < MOST_FAILURES || shipper.isSuspecting)) {
      await wait(Math.min(LONGEST_PAUSE_MS, backoffMs(shipper.failures)));
      continue;
    }
    fail(result, step.reason);
    if (step.kind === "deleted") result.isDeleted = true;
    else if (!step.isOwn) result.isPlatformAway = true;
    return;
  }
}
