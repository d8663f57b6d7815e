// Entry of the shipper's thread: the training's own thread may be busy for hours, this one is not.
import { parentPort, workerData } from "node:worker_threads";
import { JournalReader } from "../journal/journal-reader.js";
import { listSegments } from "../journal/segment-name.js";
import { JobFolder, type SnapshotCounts } from "../snapshot/job-folder.js";
import type { RunningSnapshots } from "../snapshot/start-snapshots.js";
import { startObserver } from "../system/observer.js";
import { isWriterAlive } from "./is-writer-alive.js";
import type { DrainRequest, ShipperMessage, ShipperStart, SnapshotWaits } from "./messages.js";
import { ShipLoop } from "./ship-loop.js";
import { createTransport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

/** Longest wait of an ending run for facts of its machine: what git takes at most. A training that fails at once is to have them. */
const FACTS_WAIT_MS = 2_000;

const { folder, writer, instance, platformUrl, token, watch, snapshots: snapshotStart } = workerData as ShipperStart;
const tell = (message: ShipperMessage) => parentPort?.postMessage(message);

const observer = startObserver(folder, instance, watch, (message) => tell({ kind: "notice", message }));
const journal = (of: string) => new WriterShipper(new JournalReader(folder, of), of, instance);
const own = [journal(writer), ...(observer ? [journal(observer.writer)] : [])];
// Those of other live processes have a shipper of their own, or an agent.
const left = new Set(
  listSegments(folder)
    .filter((name) => name.writer !== writer && !isWriterAlive(folder, name))
    .map((name) => name.writer),
);
const others = [...left].map(journal);
let isEnding = false;
const transport = createTransport(platformUrl, token);
const loop = new ShipLoop({
  writers: () => [...others.map((shipper) => ({ shipper, isGone: true })), ...own.map((shipper) => ({ shipper, isGone: isEnding }))],
  transport,
  events: {
    onTrouble: (reason) => tell({ kind: "trouble", reason }),
    onRecovered: () => tell({ kind: "recovered" }),
    onStop: (reason) => tell({ kind: "stop", reason }),
  },
});
void loop.run();

let snapshots: Promise<RunningSnapshots | undefined> | undefined;

/** Only a run with snapshots loads what it takes to pack and upload them. A wrong storage is told, and must not end the shipper. */
async function workOnSnapshots(): Promise<RunningSnapshots | undefined> {
  try {
    const { startSnapshots } = await import("../snapshot/start-snapshots.js");
    return await startSnapshots(snapshotStart, {
      onRegistered: ({ id, model, stored }) => tell({ kind: "registered", id, model, url: stored?.url ?? "" }),
      onSnapshotTrouble: ({ kind, message, job }) =>
        tell(kind === "given_up" && job ? { kind: "given_up", id: job.id, message } : { kind: "notice", message }),
    });
  } catch (error) {
    tell({ kind: "notice", message: `snapshots cannot be stored: ${(error as Error).message}` });
    return undefined;
  }
}

async function drainSnapshots(deadlineMs: number): Promise<SnapshotCounts> {
  const work = await snapshots;
  return work ? work.drain(deadlineMs) : new JobFolder(snapshotStart.folder).counts();
}

// Left by an earlier process of this instance.
if (new JobFolder(snapshotStart.folder).isWorkLeft()) snapshots = workOnSnapshots();

parentPort?.on("message", async (message: DrainRequest | SnapshotWaits) => {
  if (message.kind === "snapshot") {
    snapshots ??= workOnSnapshots();
    return;
  }
  const { deadlineMs, snapshotDeadlineMs } = message;
  await observer?.close(Math.min(FACTS_WAIT_MS, deadlineMs - Date.now()));
  isEnding = true;
  const [settled, counts] = await Promise.all([loop.settle(deadlineMs), drainSnapshots(snapshotDeadlineMs)]);
  loop.stop();
  for (const shipper of [...own, ...others]) shipper.close();
  transport.close();
  const refusedRecords = own.reduce((sum, { refused }) => sum + refused.length, 0);
  tell({ kind: "drained", refusedRecords, snapshots: counts, ...settled });
  parentPort?.close();
});
