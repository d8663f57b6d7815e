/** Answer of `GET /v1/instances/:id/logs`: `text` is bytes `offset` to `nextOffset` of a log of `size` bytes, cut at whole characters, and where there is more at whole lines. */
export interface LogsAnswer {
  offset: number;
  nextOffset: number;
  size: number;
  text: string;
  /** With `lines`: number of the line that the text begins in, from 1. */
  line?: number;
  /** With `times`: the records that the text is of, the one that it begins in first, each with its first byte and the time at which it was printed. */
  times?: { offset: number; timeNs: string }[];
  /** A sentence for each stretch that is damaged in the platform's store: words of the same length stand for it. Absent when all is there. */
  damage?: string[];
}

/** A place of a log at which a text was found. */
export interface LogHit {
  /** First byte of the text. */
  offset: number;
  /** First byte of `line`. */
  lineOffset: number;
  /** The line that the text begins in, without its end; of a long line the part around the text. */
  line: string;
  /** When the line was printed, in nanoseconds since 1970; absent where that is not known. */
  timeNs?: string;
}

/** Answer of `GET /v1/instances/:id/logs?search=`. */
export interface LogSearchAnswer {
  /** Bytes of the whole log. */
  size: number;
  hits: LogHit[];
  /** Given back as `offset` the search goes on; absent when the end was reached. */
  nextOffset?: number;
}
