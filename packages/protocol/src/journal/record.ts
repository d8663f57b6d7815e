import type { Labels } from "../series-key.js";
import type { DropCounts, InstanceEvent, InstanceFacts } from "../wire/instance.js";

/** Numbers of the record types, as in docs/formats/journal.md. */
export const RECORD_TYPE = { series: 1, points: 2, log: 3, facts: 4, event: 5, drops: 6 } as const;

/** Bytes before the payload of a record: length, CRC-32, seq, type. */
export const RECORD_HEAD_BYTES: number = 17;

/** Log streams by number. */
export const LOG_STREAM = { stdout: 1, stderr: 2, logger: 3 } as const;

/** Name of a log stream. */
export type LogStream = keyof typeof LOG_STREAM;

/** Defines the number of a series for its writer. */
export interface SeriesRecord {
  type: "series";
  id: number;
  name: string;
  labels: Labels;
}

/** Values of several series at one step and time. */
export interface PointsRecord {
  type: "points";
  step: number;
  epoch?: number;
  timeNs: bigint;
  /** Series ids, one a value. */
  ids: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** A piece of console or logger output. */
export interface LogRecord {
  type: "log";
  timeNs: bigint;
  stream: LogStream;
  bytes: Uint8Array;
}

/** Changed facts of the instance. */
export interface FactsRecord {
  type: "facts";
  facts: InstanceFacts;
}

/** Something that happened: a snapshot, a FATAL line. */
export interface EventRecord {
  type: "event";
  event: InstanceEvent;
}

/** Cumulative counts of what the writer dropped. */
export interface DropsRecord {
  type: "drops";
  drops: DropCounts;
}

/** One journal record without its seq. */
export type JournalRecord = SeriesRecord | PointsRecord | LogRecord | FactsRecord | EventRecord | DropsRecord;
