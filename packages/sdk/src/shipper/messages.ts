import type { WatchStart } from "../system/watch.js";

/** What the shipper's thread is started with. */
export interface ShipperStart {
  folder: string;
  writer: string;
  instance: string;
  platformUrl: string;
  token?: string;
  /** What to watch of the run's machine. */
  watch: WatchStart;
}

/** From the run to the shipper's thread: ship what is left, then end. */
export interface DrainRequest {
  kind: "drain";
  deadlineMs: number;
}

/** From the shipper's thread to the run. */
export type ShipperMessage =
  | { kind: "trouble"; reason: string }
  | { kind: "recovered" }
  | { kind: "stop"; reason: string }
  | { kind: "notice"; message: string }
  | { kind: "drained"; isComplete: boolean; reason?: string; refusedRecords: number };
