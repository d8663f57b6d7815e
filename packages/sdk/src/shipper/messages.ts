import type { SnapshotCounts } from "../snapshot/job-folder.js";
import type { SnapshotStart } from "../snapshot/start-snapshots.js";
import type { WatchStart } from "../system/watch.js";
import type { LastWords } from "./last-words.js";

/** What the shipper's thread is started with. */
export interface ShipperStart {
  folder: string;
  writer: string;
  instance: string;
  platformUrl: string;
  token?: string;
  /** What to watch of the run's machine. */
  watch: WatchStart;
  /** How to bring snapshots on their way, when there are any. */
  snapshots: SnapshotStart;
}

/** From the run to the shipper's thread: a snapshot waits in the run's folder. */
export interface SnapshotWaits {
  kind: "snapshot";
}

/** From the run to the shipper's thread: ship what is left, then end. */
export interface DrainRequest {
  kind: "drain";
  deadlineMs: number;
  /** Snapshots are larger: they get more time. */
  snapshotDeadlineMs: number;
  /** What the journal had no room for. */
  lastWords: LastWords;
}

/** From the shipper's thread to the run. */
export type ShipperMessage =
  | { kind: "trouble"; reason: string }
  | { kind: "recovered" }
  | { kind: "stop"; reason: string }
  | { kind: "notice"; message: string }
  | { kind: "warning"; message: string }
  | { kind: "registered"; id: string; model: string; url: string }
  | { kind: "given_up"; id: string; message: string }
  | { kind: "drained"; isComplete: boolean; reason?: string; refusedRecords: number; snapshots: SnapshotCounts };
