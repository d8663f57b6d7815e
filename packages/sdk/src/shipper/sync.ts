import { readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { AvaError } from "../error.js";
import { JournalReader } from "../journal/journal-reader.js";
import { listSegments } from "../journal/segment-name.js";
import { listLines, RunLines } from "../lines/run-lines.js";
import type { Settings } from "../settings/settings.js";
import { JobFolder } from "../snapshot/job-folder.js";
import { lineageOf } from "../snapshot/lineage.js";
import { syncSnapshots } from "../snapshot/sync-snapshots.js";
import { isProcessAlive, isWriterAlive } from "./is-writer-alive.js";
import { createTransport, type Transport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

/** What {@link syncRun} did for one run. */
export interface SyncedRun {
  instance: string;
  records: number;
  /** Everything that was in the journal is acknowledged. */
  isComplete: boolean;
  /** The run still goes on. */
  isLive: boolean;
  refusedRecords: number;
  damagedBytes: number;
  /** Snapshots that were stored and registered. */
  snapshots: number;
  /** Why it is not complete. */
  reason?: string;
}

const REQUEST_TIMEOUT_MS = 30_000;
/** Tries of one batch before a run is given up for this time. */
const MOST_FAILURES = 3;

/**
 * The run folders of a workspace in which a journal, console lines or snapshots wait.
 *
 * @param workspace - path of the workspace
 * @returns paths of run folders, oldest name first
 */
export function listRuns(workspace: string): string[] {
  const runs = join(workspace, "run");
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(runs)
    .sort()
    .map((name) => join(runs, name))
    .filter(hasLeft);
}

function hasLeft(path: string): boolean {
  return (
    listSegments(join(path, "journal")).length > 0 ||
    listLines(join(path, "lines")).length > 0 ||
    new JobFolder(join(path, "snapshots")).isWorkLeft()
  );
}

/**
 * Ships what is left in the journals of one run, also while it goes on.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param settings - platform and storage
 * @returns what was shipped
 * @throws AvaError FILE_UNREADABLE when the folder is no run folder
 */
export async function syncRun(runFolder: string, settings: Settings): Promise<SyncedRun> {
  if (!statSync(runFolder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AvaError("FILE_UNREADABLE", `${runFolder} is not a folder; give the folder of a run, like ava-workspace/run/<instance id>`);
  }
  const instance = basename(resolve(runFolder));
  const result: SyncedRun = { instance, records: 0, isComplete: true, isLive: false, refusedRecords: 0, damagedBytes: 0, snapshots: 0 };
  const transport = createTransport(settings.platformUrl, settings.token);
  const lines = linesOf(resolve(runFolder), instance);
  try {
    await shipJournals(join(runFolder, "journal"), transport, result);
    // Lines of a run that goes on are read, too: of two who read them the platform takes what it does not have.
    for (const { shipper, isGone } of lines.refresh()) await shipWriter(shipper, transport, isGone, result);
    result.isLive ||= lines.living.length > 0;
    // The snapshots of a live run are in its own hands.
    if (!result.isLive) await storeSnapshots(runFolder, lines, settings, result);
    if (result.isComplete && lines.problems.length > 0) fail(result, lines.problems.join(" "));
  } finally {
    transport.close();
    lines.close();
  }
  return result;
}

function linesOf(runFolder: string, instance: string): RunLines {
  return new RunLines({
    folder: join(runFolder, "lines"),
    jobs: new JobFolder(join(runFolder, "snapshots")),
    factsOfRun: ({ training, referenceTimeMs }) => lineageOf(dirname(dirname(runFolder)), { instance, training, startMs: referenceTimeMs }),
    isOurs: () => true,
    isAlive: ({ host, pid }) => host !== hostname() || isProcessAlive(pid),
    // What stays as it is is in the result.
    tell: () => undefined,
  });
}

async function shipJournals(folder: string, transport: Transport, result: SyncedRun): Promise<void> {
  const segments = listSegments(folder);
  for (const writer of new Set(segments.map((name) => name.writer))) {
    const isAlive = segments.some((name) => name.writer === writer && isWriterAlive(folder, name));
    result.isLive ||= isAlive;
    await shipWriter(new WriterShipper(new JournalReader(folder, writer), writer, result.instance), transport, !isAlive, result);
  }
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

async function shipWriter(shipper: WriterShipper, transport: Transport, isGone: boolean, result: SyncedRun): Promise<void> {
  if (!result.isComplete) return;
  let failures = 0;
  for (;;) {
    const step = await shipper.step(transport, REQUEST_TIMEOUT_MS, isGone);
    if (step.kind === "idle") break;
    if (step.kind === "shipped") {
      result.records += step.records;
      failures = 0;
    } else if (++failures === MOST_FAILURES) {
      fail(result, step.reason);
      break;
    }
  }
  shipper.close();
  result.damagedBytes += shipper.damagedBytes;
  result.refusedRecords += shipper.refused.length;
}
