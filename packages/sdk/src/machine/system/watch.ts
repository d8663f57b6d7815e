import type { Labels } from "ava-protocol";
import { AvaError } from "../../place/error.js";

/** What a run may ask of the watch over its machine. */
export interface WatchOptions {
  /** Milliseconds from one sample of the system metrics to the next, at least 100; 0 for none. Default 10 000. */
  systemMetricsIntervalMs?: number;
  /** Record the list of installed packages. Default false. */
  packages?: boolean;
}

/** What the background thread watches beside the shipping. */
export interface WatchStart {
  training: string;
  /** When the run started, in milliseconds since 1970. */
  startMs: number;
  workspace: string;
  workingFolder: string;
  /** Program of the training; absent when the training runs in this process, or it is not known. */
  program?: string;
  /** Root of the training's processes. Default: this process, which is one of them unless there is a `program`. */
  rootPid?: number;
  /** 0 for no metrics. */
  intervalMs: number;
  hasPackages: boolean;
  /** Labels of all series of this process. */
  labels?: Labels;
}

const DEFAULT_INTERVAL_MS = 10_000;
/** Below, the samples would cost what they are to measure. */
const LEAST_INTERVAL_MS = 100;

/**
 * @param options - what the caller asked for
 * @returns milliseconds between samples; 0 for none
 * @throws AvaError SETTING_INVALID
 */
export function checkIntervalMs({ systemMetricsIntervalMs = DEFAULT_INTERVAL_MS }: WatchOptions): number {
  const isOff = systemMetricsIntervalMs === 0;
  // A timer of Node holds no more than 31 bits.
  if (isOff || (systemMetricsIntervalMs >= LEAST_INTERVAL_MS && systemMetricsIntervalMs < 2 ** 31)) return systemMetricsIntervalMs;
  throw new AvaError(
    "SETTING_INVALID",
    `systemMetricsIntervalMs ${systemMetricsIntervalMs}: give milliseconds, at least ${LEAST_INTERVAL_MS}, or 0 for none`,
  );
}
