import type { Labels } from "ava-protocol";
import { type ReadPoint, type RereadOptions, StoredLogReader, type StretchOfStream } from "ava-sdk/reread";
import type { LogMark } from "../store/contract/log.js";
import { siblingOf } from "../store/state/log-stream.js";
import type { LogPiece } from "./messages.js";

const NEWLINE = 0x0a;

/** Bytes that rewrite a line: carriage return, backspace, escape. What is read of a frame has the time of its own record then. */
const REWRITING = [0x0d, 0x08, 0x1b];

/** Records up to so many bytes are read at once: a guarded call costs as much as some hundred lines. */
const STRETCH_BYTES = 65_536;

/** A stream of the log: what one process wrote to one of its outputs. */
interface Stream {
  reader: StoredLogReader;
  /** After damage: the rest of a line may be half a number. */
  isSkipping: boolean;
}

/** Takes a log apart into the streams that were recorded in it, and reads each by itself. */
export class LogStreams {
  private readonly options: RereadOptions;
  private readonly labels: ReadonlyMap<number, Labels>;
  private readonly streams = new Map<number | undefined, Stream>();
  /** Line of the log that is being read, from 1. */
  private line = 1;

  /** @param options - for each stream @param labels - of the writers of some streams */
  constructor(options: RereadOptions, labels: ReadonlyMap<number, Labels>) {
    this.options = options;
    this.labels = labels;
  }

  /** Rules that have read nothing of any stream. */
  get silentRules(): readonly string[] {
    const all = [...this.streams.values()].map(({ reader }) => new Set(reader.silentRules));
    return this.options.metrics.filter((rule) => all.every((silent) => silent.has(rule)));
  }

  /**
   * @param piece - the next of the log
   * @returns what it told, read as it is asked for
   */
  *read(piece: LogPiece): Iterable<ReadPoint> {
    const end = piece.offset + piece.bytes.length;
    let at = piece.offset;
    for (const [gapStart, gapEnd] of [...piece.gaps, [end, end] as const]) {
      yield* this.readSound(piece, at, gapStart);
      at = Math.max(at, gapEnd);
      if (gapEnd === gapStart) continue;
      for (const stream of this.streams.values()) {
        yield* stream.reader.end();
        stream.isSkipping = true;
      }
      this.line += countLines(piece.bytes.subarray(gapStart - piece.offset, gapEnd - piece.offset));
    }
  }

  /** @returns what was not told yet */
  *end(): Iterable<ReadPoint> {
    for (const { reader } of this.streams.values()) yield* reader.end();
  }

  private *readSound(piece: LogPiece, start: number, end: number): Iterable<ReadPoint> {
    for (const run of runsIn(piece, start, end)) {
      const bytes = piece.bytes.subarray(run.start - piece.offset, run.end - piece.offset);
      const records = run.marks.map(({ offset, timeNs }) => ({ at: Math.max(0, offset - run.start), timeNs }));
      const stretch = this.afterSkipped(run.marks[0]!, { bytes, offset: run.start, line: this.line, records });
      if (stretch !== undefined) yield* this.streamOf(run.marks[0]!).reader.write(stretch);
      this.line += countLines(bytes);
    }
  }

  private afterSkipped(mark: LogMark, stretch: StretchOfStream): StretchOfStream | undefined {
    const stream = this.streamOf(mark);
    if (!stream.isSkipping) return stretch;
    const newline = stretch.bytes.indexOf(NEWLINE);
    if (newline < 0) return undefined;
    stream.isSkipping = false;
    const from = newline + 1;
    const records = stretch.records.map(({ at, timeNs }) => ({ at: Math.max(0, at - from), timeNs }));
    return { bytes: stretch.bytes.subarray(from), offset: stretch.offset + from, line: stretch.line + 1, records };
  }

  private streamOf({ stream }: LogMark): Stream {
    const known = this.streams.get(stream);
    if (known !== undefined) return known;
    const labels = { ...(stream === undefined ? {} : this.labels.get(stream)), ...this.options.labels };
    const isLabelled = Object.keys(labels).length > 0;
    const sibling = stream === undefined ? undefined : this.streams.get(siblingOf(stream))?.reader;
    const opened = { reader: new StoredLogReader({ ...this.options, ...(isLabelled ? { labels } : {}) }, sibling), isSkipping: false };
    this.streams.set(stream, opened);
    return opened;
  }
}

/** Records of one stream that follow each other. */
interface Run {
  start: number;
  end: number;
  marks: LogMark[];
}

function* runsIn({ offset, bytes, marks }: LogPiece, start: number, end: number): Iterable<Run> {
  let run: Run | undefined;
  let isPlain = true;
  for (const [i, mark] of marks.entries()) {
    const from = Math.max(mark.offset, start);
    const to = Math.min(marks[i + 1]?.offset ?? end, end);
    if (to <= from) continue;
    const record = bytes.subarray(from - offset, to - offset);
    const isRewritten = REWRITING.some((byte) => record.includes(byte));
    const isSameStream = run?.marks[0]?.stream === mark.stream;
    if (run !== undefined && isSameStream && isPlain && !isRewritten && run.end - run.start < STRETCH_BYTES) {
      run.end = to;
      run.marks.push(mark);
      continue;
    }
    if (run !== undefined) yield run;
    run = { start: from, end: to, marks: [mark] };
    isPlain = !isRewritten;
  }
  if (run !== undefined) yield run;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
