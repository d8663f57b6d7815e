import { closeSync, openSync, unlinkSync } from "node:fs";
import { readInto } from "../../place/workspace/read-into.js";
import { type LinesHeader, parseLinesHeader } from "./lines-header.js";

/** One line of a trainer's console. */
export interface ConsoleLine {
  /** When it was said, in milliseconds since 1970. */
  timeMs: number;
  /** Its bytes with the line feed. */
  bytes: Buffer;
  /** The same as parsers read it: without the last word where the output ended within the line. */
  certain: Buffer;
  /** Length of the file up to its end. */
  end: number;
}

const LINE_FEED = 0x0a;
const TAB = 0x09;
/** Behind the time of a line that the output ended in. */
const CUT = " cut";
const MOST_STAMP_BYTES = 16 + CUT.length;
const CHUNK_BYTES = 256 * 1024;
/** What is longer loses its end: no parser reads it, and it is not to fill the memory. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** Reads a file of console lines, also while its process appends to it. */
export class LinesFile {
  readonly path: string;
  private readonly writer: string;
  private fd: number | undefined;
  private offset = 0;
  private firstLineAt = 0;
  private lastTimeMs = 0;
  private isWithinLongLine = false;
  private found: LinesHeader | string | undefined;

  /** @param path - of the file @param writer - whose it is, by its name */
  constructor(path: string, writer: string) {
    this.path = path;
    this.writer = writer;
  }

  /** @returns the header, why it cannot be read, or `undefined` when it is not whole yet @throws the file system's error */
  header(): LinesHeader | string | undefined {
    if (this.found !== undefined) return this.found;
    const chunk = this.readChunk(CHUNK_BYTES);
    const end = chunk.indexOf(LINE_FEED);
    if (end < 0) return chunk.length < CHUNK_BYTES ? undefined : (this.found = "the first line is too long");
    this.found = parseLinesHeader(chunk.toString("utf8", 0, end), this.writer);
    this.firstLineAt = end + 1;
    this.rewind();
    return this.found;
  }

  /**
   * Reads on from where the last call ended; the header was read before.
   *
   * @returns whole lines; none at the end
   * @throws the file system's error
   */
  read(): ConsoleLine[] {
    for (let bytes = CHUNK_BYTES; ; bytes *= 4) {
      const chunk = this.readChunk(Math.min(bytes, MOST_LINE_BYTES));
      const end = chunk.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        const lines = this.split(chunk.subarray(0, end));
        // The rest of a line that was too long may be all that this chunk had.
        if (lines.length > 0) return lines;
        bytes = CHUNK_BYTES / 4;
      } else if (chunk.length < bytes) {
        return [];
      } else if (bytes >= MOST_LINE_BYTES) {
        return this.cut(chunk);
      }
    }
  }

  /** Goes back to the first line. */
  rewind(): void {
    this.offset = this.firstLineAt;
    this.lastTimeMs = typeof this.found === "object" ? this.found.referenceTimeMs : 0;
    this.isWithinLongLine = false;
  }

  /** Closes and deletes the file. @throws the file system's error */
  delete(): void {
    this.close();
    try {
      unlinkSync(this.path);
    } catch (error) {
      // Another process that reads the same lines may have been first.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  /** Closes the file; reading can go on. */
  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private readChunk(bytes: number): Buffer {
    this.fd ??= openSync(this.path, "r");
    const chunk = Buffer.allocUnsafe(bytes);
    return chunk.subarray(0, readInto(this.fd, chunk, this.offset));
  }

  private split(chunk: Buffer): ConsoleLine[] {
    const lines: ConsoleLine[] = [];
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(LINE_FEED, start) + 1;
      if (!this.isWithinLongLine) lines.push(this.line(chunk.subarray(start, end), this.offset + end));
      this.isWithinLongLine = false;
      start = end;
    }
    this.offset += chunk.length;
    return lines;
  }

  /** The beginning of a line that is too long; the rest of it is passed over. */
  private cut(chunk: Buffer): ConsoleLine[] {
    this.offset += chunk.length;
    if (this.isWithinLongLine) return this.read();
    this.isWithinLongLine = true;
    return [this.line(Buffer.concat([chunk, Buffer.of(LINE_FEED)]), this.offset)];
  }

  /** A line without a time, which no writer makes, has that of the one before. */
  private line(bytes: Buffer, end: number): ConsoleLine {
    const tab = bytes.indexOf(TAB);
    const stamp = tab > 0 && tab <= MOST_STAMP_BYTES ? bytes.toString("latin1", 0, tab) : "";
    const isCut = stamp.endsWith(CUT);
    const time = isCut ? stamp.slice(0, -CUT.length) : stamp;
    const isTimed = /^\d+$/.test(time);
    if (isTimed) this.lastTimeMs = Number(time);
    const said = isTimed ? bytes.subarray(tab + 1) : bytes;
    const certain = isTimed && isCut ? Buffer.from(said.toString("latin1").replace(/[^ \t]+\n$/, "\n"), "latin1") : said;
    return { timeMs: this.lastTimeMs, bytes: said, certain, end };
  }
}
