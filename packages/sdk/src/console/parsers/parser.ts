import type { Labels } from "ava-protocol";

/** One value read from console text; field names and naming are those of `ava-sdk parse`. */
export interface Metric {
  name: string;
  value: number;
  /** Counter over the whole run: iteration, global step. */
  step?: number;
  /** As printed: not re-based, fractions kept. */
  epoch?: number;
  /** Counter inside the epoch. */
  batch?: number;
  /** The total printed beside the finest counter. */
  total?: number;
  phase?: "train" | "val" | "test";
  labels?: Labels;
  /** Milliseconds since 1970, where the line carries a time. */
  timeMs?: number;
  /** Number of the physical line, from 1; lines end at `\n`. */
  line: number;
}

/** Something other than a metric that console text tells. */
export interface RunEvent {
  event: "snapshot" | "resume" | "stop" | "fatal" | "end";
  step?: number;
  file?: string;
  message?: string;
  timeMs?: number;
  line: number;
}

/** What a parser gives for a line: events have an `event`, metrics have a `name`. */
export type ParsedItem = Metric | RunEvent;

/** Facts of the outside that a parser needs but must not look up itself. */
export interface ParserOptions {
  /** Time that a year missing from time stamps is taken from, in milliseconds since 1970: the run's start. */
  referenceTimeMs: number;
  /** Batches per epoch, where the user gave it: metrics with a step get an epoch. */
  batchOfEpoch?: number;
}

/** Reads the console output of one trainer. Has state, does no I/O, asks no clock, never throws. */
export interface Parser {
  /** Name of the trainer whose output it reads, once that is known. */
  readonly framework?: string | undefined;
  /**
   * Reads a line from its bytes, where that is possible and faster than from its text. Called instead of `feed`, in the order of the lines.
   *
   * @param bytes - a chunk of output; not kept
   * @param start - index of the line's first byte
   * @param end - index after its last byte, line end not included; no control bytes are between
   * @param line - number of the physical line, from 1
   * @param items - what the line tells, as `feed` would, is added here
   * @returns false when `feed` has to read the line; nothing was added then
   */
  feedBytes?(bytes: Uint8Array, start: number, end: number, line: number, items: ParsedItem[]): boolean;
  /** Lines that the parser did not read because they were too long for it. */
  readonly skippedLines?: number;
  /**
   * @param text - one line without its end, or one frame of a rewritten line; escape sequences removed
   * @param line - number of the physical line, from 1
   * @returns what the line tells, in order; mostly nothing. The array belongs to the caller
   */
  feed(text: string, line: number): ParsedItem[];
}
