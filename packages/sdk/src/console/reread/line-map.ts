const NEWLINE = 0x0a;

/** Bytes of a log that follow each other in it and are of one stream. */
export interface StretchOfStream {
  bytes: Uint8Array;
  /** Of the first byte in the log. */
  offset: number;
  /** Number of the log's line that the first byte lies in, from 1. */
  line: number;
  /** Records that the bytes were recorded as: index of the first byte, and when. The first begins at 0. */
  records: readonly { at: number; timeNs: bigint }[];
}

/** Where a line stands in the log, and when it was whole. */
export interface LinePlace {
  /** Of its first byte. */
  offset: number;
  /** Number of the line in the log, from 1. */
  line: number;
  timeNs: bigint;
}

/** Knows where in a log the lines of one stream stand that was written last; other streams may lie between them. */
export class LineMap {
  /** Number of the stream's line that the last stretch begins in. */
  private firstLine = 1;
  private stretch: StretchOfStream | undefined;
  /** Index behind each line end of the last stretch. */
  private starts: number[] = [];
  /** Where the line began that the last stretch begins in; absent where it began there. */
  private open: Pick<LinePlace, "offset" | "line"> | undefined;

  /** @param stretch - the next one of the stream */
  add(stretch: StretchOfStream): void {
    const { firstLine, starts } = this;
    const next = firstLine + starts.length;
    this.open = this.isLineOpen ? this.startOf(next) : undefined;
    this.firstLine = next;
    this.stretch = stretch;
    this.starts = lineStarts(stretch.bytes);
  }

  /** The next stretch begins a line, whatever came before. */
  clear(): void {
    this.firstLine = 1;
    this.stretch = undefined;
    this.starts = [];
    this.open = undefined;
  }

  /** @param line - number of a line of the stream: one of the last stretch, or before it, which counts as its first */
  placeOf(line: number): LinePlace {
    const { records, bytes } = this.stretch as StretchOfStream;
    const last = Math.max(line, this.firstLine);
    const end = this.starts[last - this.firstLine] ?? bytes.length;
    const { timeNs } = records[
      Math.max(
        0,
        records.findLastIndex(({ at }) => at < end),
      )
    ] as StretchOfStream["records"][number];
    return { ...this.startOf(last), timeNs };
  }

  private startOf(line: number): Pick<LinePlace, "offset" | "line"> {
    const before = line - this.firstLine;
    const { offset, line: first } = this.stretch as StretchOfStream;
    if (before === 0) return this.open ?? { offset, line: first };
    return { offset: offset + (this.starts[before - 1] as number), line: first + before };
  }

  private get isLineOpen(): boolean {
    return this.stretch !== undefined && (this.starts.at(-1) ?? 0) < this.stretch.bytes.length;
  }
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
  return starts;
}
