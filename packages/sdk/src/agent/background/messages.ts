import type { WatchStart } from "../../machine/system/watch.js";
import type { LastWords } from "../../record/background.js";
import type { SnapshotCounts } from "../../snapshot/job-folder.js";
import type { SnapshotStart } from "../../snapshot/start-snapshots.js";

/** What the background thread is started with. */
export interface BackgroundStart {
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

/** From the run to the background thread: a snapshot waits in the run's folder. */
export interface SnapshotWaits {
  kind: "snapshot";
}

/** From the run to the background thread: ship what is left, then end. */
export interface DrainRequest {
  kind: "drain";
  deadlineMs: number;
  /** Snapshots are larger: they get more time. */
  snapshotDeadlineMs: number;
  /** What the journal had no room for. */
  lastWords: LastWords;
}

/** From the background thread to the run. */
export type BackgroundMessage =
  | { kind: "trouble"; reason: string }
  | { kind: "recovered" }
  | { kind: "stop"; reason: string }
  | { kind: "notice"; message: string }
  | { kind: "warning"; message: string }
  | { kind: "registered"; id: string; model: string; url: string }
  | { kind: "given_up"; id: string; message: string }
  | { kind: "drained"; isComplete: boolean; reason?: string; refusedRecords: number; snapshots: SnapshotCounts };
