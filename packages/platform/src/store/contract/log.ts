/** A stretch of an instance's log. */
export interface LogStretch {
  /** Offset of the first byte of `bytes`; at most `size`. */
  start: number;
  bytes: Buffer;
  /** Bytes of the whole log. */
  size: number;
  /** The run is over: no more will come unless it begins again. */
  isOver: boolean;
  /** Parts that are damaged, by their offsets in the log. */
  gaps: readonly (readonly [start: number, end: number])[];
  /** A sentence for each of them: words of the same length stand for it. */
  damage: readonly string[];
}

/** Where in an instance's log a record begins, and its time. */
export interface LogMark {
  offset: number;
  timeNs: bigint;
  /** Number that records of one stream of one writer share; absent where it was not kept. */
  stream?: number;
}

/** Places at which a text was found. */
export interface LogMatches {
  /** Offsets of the first byte of each, in order. */
  offsets: number[];
  /** Where to go on; absent when the end was reached. */
  nextStart?: number;
}
