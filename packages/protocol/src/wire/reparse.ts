import type { Labels } from "../series-key.js";
import type { WireNumber } from "./number.js";

/** Body of `POST /v1/instances/:id/reparse`. */
export interface ReparseRequest {
  /** Regexes, as of `--metric`. */
  rules?: string[];
  /** Parsers whose values are added, too, as of `--parser`. */
  parser?: string;
  /** Only tell what would be added. */
  preview?: boolean;
}

/** A value that was read, and its place in the log. */
export interface ReparsePoint {
  value: WireNumber;
  step: WireNumber;
  epoch?: WireNumber;
  /** Nanoseconds since 1970. */
  timeNs: string;
  /** First byte of its line in the log, as `GET .../logs` counts. */
  offset: number;
  /** Number of its line in the log, from 1. */
  line: number;
}

/** What was read of one series. */
export interface ReparseSeries {
  name: string;
  labels: Labels;
  /** Points that are new. */
  points: number;
  /** Points that were read and are in the series already. */
  known: number;
  /** Points that the series has beside these. */
  others: number;
  /** Of all that were read. */
  first: ReparsePoint;
  last: ReparsePoint;
}

/** Answer of `POST /v1/instances/:id/reparse`. */
export interface ReparseAnswer {
  /** Number to undo it with; absent for a preview, and where nothing was added. */
  n?: number;
  preview: boolean;
  /** New points of all series. */
  points: number;
  /** Points of all series that are there already. */
  known: number;
  /** Points that can't be taken: too many series, names that are too long. Absent when there are none. */
  refusedPoints?: number;
  /** Why the first of them. */
  reason?: string;
  series: ReparseSeries[];
  /** Rules that have read nothing. */
  silentRules: string[];
  /** Bytes of the log that were read. */
  logBytes: number;
  /** A sentence for each stretch of the log that is damaged; absent when all of it could be read. */
  damage?: string[];
}

/** How far a log is read, as `GET /v1/instances/:id/reparse` tells it. */
export interface ReparseReading {
  /** Of a preview. */
  preview: boolean;
  /** Bytes that are read; 0 while it waits for others. */
  readBytes: number;
  /** Bytes that are to be read. */
  logBytes: number;
}

/** A reparse as `GET /v1/instances/:id/reparse` lists it. */
export interface ReparseSummary {
  n: number;
  /** RFC 3339, when it began. */
  time: string;
  /** `unfinished`: the platform ended meanwhile; what it added is taken back when the platform starts again. */
  state: "running" | "unfinished" | "done" | "undone";
  rules: string[];
  parser?: string;
  /** Points that it added. */
  points: number;
  series: { name: string; labels: Labels; points: number }[];
  logBytes: number;
}
