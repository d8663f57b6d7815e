// Entry of the background thread of a recording: ships its journal and snapshots and watches its machine. The training's own thread may be busy for hours,
// this one is not.
import { parentPort, workerData } from "node:worker_threads";
import { fateOf } from "../../machine/is-alive.js";
import type { LastWords } from "../../record/background.js";
import { readSegmentHeader } from "../../record/journal/segment-header.js";
import { listSegments, type SegmentName } from "../../record/journal/segment-name.js";
import { isYoung } from "../../ship/is-young.js";
import { sendLastWords } from "../../ship/last-words.js";
import { RunWriters } from "../../ship/run-writers.js";
import type { Settled } from "../../ship/settling.js";
import { ShipLoop } from "../../ship/ship-loop.js";
import { createTransport } from "../../ship/transport.js";
import { JobFolder, type SnapshotCounts } from "../../snapshot/job-folder.js";
import type { RunningSnapshots } from "../../snapshot/start-snapshots.js";
import { startObserver } from "../observer.js";
import type { BackgroundMessage, BackgroundStart, DrainRequest, SnapshotWaits } from "./messages.js";

/** Longest wait of an ending run for facts of its machine: what git takes at most. A training that fails at once is to have them. */
const FACTS_WAIT_MS = 2_000;
/** Longest wait for the names of snapshots that are not stored. */
const NAMING_MS = 2_000;

const { folder, writer, instance, platformUrl, token, watch, snapshots: snapshotStart } = workerData as BackgroundStart;
const tell = (message: BackgroundMessage) => parentPort?.postMessage(message);

const observer = startObserver(folder, instance, watch, (message) => tell({ kind: "notice", message }));
const own = new Set([writer, ...(observer ? [observer.writer] : [])]);
// Those that live, or come later, have a shipper of their own, or an agent.
const left = new Set(listSegments(folder).flatMap((name) => (own.has(name.writer) || isSurelyAlive(name) ? [] : name.writer)));
let isEnding = false;
const writers = new RunWriters({
  folder,
  instance,
  isOwn: (of) => own.has(of) && !isEnding,
  // Whether a writer of another container that has fallen silent lives cannot be known.
  isOurs: ({ writer: of, ...header }, file) => own.has(of) || (left.has(of) && !isYoung(file) && fateOf(header, file) === "unknown"),
  isAlive: ({ writer: of, ...header }, file) => (own.has(of) ? !isEnding : !left.has(of) || fateOf(header, file) !== "gone"),
});
const transport = createTransport(platformUrl, token);
const loop = new ShipLoop({
  writers: () => writers.refresh(),
  transport,
  events: {
    onTrouble: (reason) => tell({ kind: "trouble", reason }),
    onRecovered: () => tell({ kind: "recovered" }),
    onStop: (reason) => tell({ kind: "stop", reason }),
    onNotice: (message) => tell({ kind: "notice", message }),
  },
});
void loop.run();

function isSurelyAlive(name: SegmentName): boolean {
  try {
    const header = readSegmentHeader(folder, name);
    return header !== undefined && fateOf(header) === "alive";
  } catch {
    // Left, or of another user: told when it cannot be shipped.
    return false;
  }
}

let snapshots: Promise<RunningSnapshots | undefined> | undefined;

/** Only a run with snapshots loads what it takes to pack and upload them. A wrong storage is told, and must not end the shipper. */
async function workOnSnapshots(): Promise<RunningSnapshots | undefined> {
  try {
    const { startSnapshots } = await import("../../snapshot/start-snapshots.js");
    return await startSnapshots(snapshotStart, {
      onRegistered: ({ id, model, stored }) => tell({ kind: "registered", id, model, url: stored?.url ?? "" }),
      onSnapshotTrouble: ({ kind, message, job }) =>
        tell(kind === "given_up" && job ? { kind: "given_up", id: job.id, message } : { kind: "notice", message }),
    });
  } catch (error) {
    tell({ kind: "warning", message: `snapshots cannot be stored: ${(error as Error).message}` });
    return undefined;
  }
}

async function drainSnapshots(deadlineMs: number): Promise<SnapshotCounts> {
  const work = await snapshots;
  return work ? work.drain(deadlineMs) : new JobFolder(snapshotStart.folder).counts();
}

// Left by an earlier process of this instance.
if (new JobFolder(snapshotStart.folder).isWorkLeft()) snapshots = workOnSnapshots();

async function settle(deadlineMs: number, lastWords: LastWords): Promise<Settled> {
  const settled = await loop.settle(deadlineMs);
  if (lastWords.records.length === 0 || !settled.isComplete) return settled;
  const reason = await sendLastWords(transport, instance, lastWords, deadlineMs - Date.now());
  return reason === undefined ? settled : { isComplete: false, reason };
}

/** The run names the snapshots that are not stored at its end; its journal is closed then. */
async function nameWaiting({ records, ...words }: LastWords): Promise<void> {
  const jobs = new JobFolder(snapshotStart.folder);
  const waiting = jobs.waitingIds().flatMap((id) => jobs.read(id) ?? []);
  const named = waiting.map(({ model, metric, files }) => ({
    type: "event" as const,
    event: {
      event: "snapshot" as const,
      ...(metric.batch === undefined ? {} : { step: metric.batch }),
      file: files.join(" "),
      message: `${model} is not stored yet at the end of the run`,
    },
  }));
  if (named.length === 0) return;
  // Only a word more: that it did not arrive is told by the counts.
  await sendLastWords(transport, instance, { ...words, afterSeq: words.afterSeq + records.length, records: named }, NAMING_MS);
}

parentPort?.on("message", async (message: DrainRequest | SnapshotWaits) => {
  if (message.kind === "snapshot") {
    snapshots ??= workOnSnapshots();
    return;
  }
  const { deadlineMs, snapshotDeadlineMs, lastWords } = message;
  await observer?.close(Math.min(FACTS_WAIT_MS, deadlineMs - Date.now()));
  isEnding = true;
  writers.look();
  const [settled, counts] = await Promise.all([settle(deadlineMs, lastWords), drainSnapshots(snapshotDeadlineMs)]);
  if (settled.isComplete) await nameWaiting(lastWords);
  loop.stop();
  transport.close();
  writers.close();
  tell({ kind: "drained", refusedRecords: writers.refusedRecords, snapshots: counts, ...settled });
  parentPort?.close();
});
