import type { Labels } from "ava-protocol";
import type { RereadOptions } from "ava-sdk/reread";
import type { LogMark } from "../store/contract/log.js";

/** What the thread works with. */
export interface ThreadOptions extends RereadOptions {
  /** Of the writers of some streams, beside `labels`. */
  streamLabels: ReadonlyMap<number, Labels>;
}

/** To the thread: the next bytes of the log. */
export interface LogPiece {
  offset: number;
  bytes: Uint8Array;
  /** Records that lie in it, the first with the first byte. */
  marks: readonly LogMark[];
  /** Stretches that are damaged. */
  gaps: readonly (readonly [start: number, end: number])[];
}

/** To the thread: all bytes that are there now were sent. */
export interface LogEnd {
  /** The run goes on, and so may the last line. */
  isRunning: boolean;
}

/** From the thread, for each message: values that were read, row by row. */
export interface ReadRows {
  /** Series that come for the first time; their numbers go on from those before. */
  newSeries: readonly { name: string; labels: Labels }[];
  series: number[];
  values: number[];
  steps: number[];
  /** As of `ReadPoint.stepAlone`. */
  stepsAlone: number[];
  /** NaN when absent. */
  epochs: number[];
  timesNs: bigint[];
  offsets: number[];
  lines: number[];
  /** Rules that have read nothing so far. */
  silentRules: readonly string[];
}

/** From the thread, the last message. */
export interface ReadFailure {
  /** What is wrong with a rule. */
  badRule: string;
}
