import type { Labels } from "ava-protocol";

/** What a metric was measured on. */
export type Phase = "train" | "val" | "test";

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
  phase?: Phase;
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

/** What a value belongs to. A parser makes one for each series and gives it with every value of it. */
export interface Series {
  readonly name: string;
  readonly phase?: Phase;
  readonly labels?: Labels;
}

/** Where a value stands, as the fields of {@link Metric} say it; NaN for what the output does not tell. A parser may use one object for all lines. */
export interface Place {
  step: number;
  epoch: number;
  batch: number;
  total: number;
  timeMs: number;
  line: number;
}

/** Takes the values of lines: the columns of a reader. */
export interface ValueSink {
  /**
   * @param series - one object for all values of a series: what its name and labels mean is then found out once
   * @param value - as printed
   * @param place - its counters, time and line; copied
   */
  add(series: Series, value: number, place: Place): void;
}

/** Where a reader is in a chunk. */
export interface Cursor {
  /** Index of a line's first byte. */
  at: number;
  /** Number of that line, from 1. */
  line: number;
}

/** Facts of the outside that a parser needs but must not look up itself. */
export interface ParserOptions {
  /** Time that a year missing from time stamps is taken from, in milliseconds since 1970: the run's start. */
  referenceTimeMs: number;
  /**
   * Whether the general forms give values the time that their line carries: of a log that was written before. While a program runs, the moment at which its line comes is exact and known in any time zone.
   * Trainers with a parser of their own (Caffe, MXNet) give it always.
   */
  readsTimes?: boolean;
  /** Batches per epoch, where the user gave it: metrics with a step get an epoch. */
  batchOfEpoch?: number;
  /** What parsers of one trainer know in common, by its name: programs print headers on one stream and bars on the other. The same map for all streams of a process. */
  shared?: Map<string, object>;
}

/** Reads the console output of one trainer. Has state, does no I/O, asks no clock, never throws. */
export interface Parser {
  /** Name of the trainer whose output it reads, once that is known. */
  readonly framework?: string | undefined;
  /**
   * The fast form of `feed`, for output that comes by the gigabyte: reads a line from its bytes and adds values to columns. Called instead of `feed`, in the order
   * of the lines, for every line that has no control bytes.
   *
   * @param bytes - a chunk of output; not kept
   * @param start - index of the line's first byte
   * @param end - index after its last byte, line end not included
   * @param line - number of the physical line, from 1
   * @param into - what the line tells, as `feed` would, is added here
   * @returns false when `feed` has to read the line; nothing was added then
   */
  feedBytes?(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean;
  /**
   * Reads whole lines at sight, for a trainer whose lines repeat so closely that it need not be told where they end; asked before `feedBytes` for each line.
   *
   * @param bytes - a chunk of output; not kept
   * @param cursor - moved behind the lines that were read; left where the next line is not known at sight
   * @param end - index behind the last byte that may be read; no control bytes but line ends are before it
   * @param into - what the lines tell is added here
   */
  feedAhead?(bytes: Uint8Array, cursor: Cursor, end: number, into: ValueSink): void;
  /**
   * Whether a line is of this trainer's log by its form or by the lines before it, so that no other parser has to look at it; left out where nothing shows it. Parameters as of `feedBytes`;
   * asked for each line before that.
   *
   * @returns true when the line is this trainer's, whatever it tells
   */
  isOwn?(bytes: Uint8Array, start: number, end: number): boolean;
  /** As `feedBytes`, for a frame of a rewritten line: its bytes lie in a buffer that is used again for the next. */
  feedFrame?(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean;
  /** The line that was fed last is part of a block that is told as a whole when it ends. */
  readonly isInBlock?: boolean;
  /** Name of the parser that read the line which was fed last, where this one hands lines on to others. */
  readonly reader?: string | undefined;
  /** ASCII text without which a line tells this parser nothing; absent where there is none. */
  readonly requiredText?: string | undefined;
  /** Lines that the parser did not read because they were too long for it. */
  readonly skippedLines?: number;
  /**
   * @param text - one line without its end, or one frame of a rewritten line; escape sequences removed
   * @param line - number of the physical line, from 1
   * @returns what the line tells, in order; mostly nothing. The array belongs to the caller
   */
  feed(text: string, line: number): ParsedItem[];
  /** @returns what the parser held back of the last lines; called once, when no line comes any more */
  end?(): ParsedItem[];
}
