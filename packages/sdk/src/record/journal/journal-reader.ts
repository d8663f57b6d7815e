import { closeSync, fstatSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { decodeSegmentHead, LIMITS, RECORD_HEAD_BYTES, readFrame, type SegmentHeader } from "ava-protocol";
import { readInto } from "../../place/workspace/read-into.js";
import { findNextRecord } from "./damage.js";
import { fastCrc32 } from "./fast-crc32.js";
import { listSegments, type SegmentName } from "./segment-name.js";

/** A record as the reader hands it on: its bytes as they are in the file. */
export interface ReadRecord {
  seq: number;
  type: number;
  bytes: Uint8Array;
}

interface OpenSegment {
  fd: number;
  file: string;
  segment: number;
  offset: number;
  lastSeq: number;
}

/** Largest piece of a segment that must be in memory to see one whole record. */
const LARGEST_RECORD_BYTES: number = LIMITS.recordPayloadBytes + RECORD_HEAD_BYTES;

/** Searched in one go for a whole record behind damage: after it, at least the half of it is done with, so that the time stays linear. */
const SEARCHED_BYTES: number = 2 * LARGEST_RECORD_BYTES;

/** A record is written by one call: what is not whole in a file that has not changed for so long is damaged. */
const QUIET_MS = 10_000;

/** Where the records of one writer come from. */
export interface RecordSource {
  /** Training and labels of the writer, once they are known. */
  readonly header: Pick<SegmentHeader, "training" | "labels"> | undefined;
  /** Bytes skipped because no record could be made of them. */
  readonly damagedBytes: number;
  /** As of {@link JournalReader.read}. */
  read(maxBytes: number): ReadRecord[];
  /** Goes back to the oldest record. */
  rewind(): void;
  /** What is not needed any more may go. @param ackedSeq - highest acknowledged seq @param isWriterGone - nothing more will come */
  deleteAcknowledged(ackedSeq: number, isWriterGone: boolean): void;
  /** Closes what is open. */
  close(): void;
}

/** Reads the journal of one writer from its oldest segment on, also while the writer appends. Skips damage and counts it. */
export class JournalReader implements RecordSource {
  /** Header of the segment read last. */
  header: SegmentHeader | undefined;
  /** Bytes skipped because no record could be made of them. */
  damagedBytes = 0;
  private readonly folder: string;
  private readonly list: () => readonly SegmentName[];
  private current: OpenSegment | undefined;
  private finished: { file: string; lastSeq: number }[] = [];
  private lastSegment = -1;
  private lastSeq = 0;

  /**
   * @param folder - journal folder of the instance
   * @param writer - id of the writer
   * @param list - gives the writer's segments; may be behind the folder. Default: looks into the folder
   */
  constructor(folder: string, writer: string, list: () => readonly SegmentName[] = () => listSegments(folder, writer)) {
    this.folder = folder;
    this.list = list;
  }

  /**
   * Reads on from where the last call ended.
   *
   * @param maxBytes - about how many bytes of records to return at most; one record is returned whatever its size
   * @returns whole records in order of seq; none when there is nothing new
   */
  read(maxBytes: number): ReadRecord[] {
    const records: ReadRecord[] = [];
    for (let leftBytes = maxBytes; leftBytes > 0 || records.length === 0; ) {
      const segment = this.current ?? this.openNext();
      if (!segment) break;
      // Asked before reading: what is appended in between is then read, never skipped.
      const hasLater = this.laterSegments(segment.segment).length > 0;
      const takenBytes = this.readFrom(segment, leftBytes, hasLater, records);
      if (takenBytes > 0) leftBytes -= takenBytes;
      else if (hasLater) this.finish(segment);
      else break;
    }
    return records;
  }

  /** Goes back to the oldest segment; records are read again. */
  rewind(): void {
    this.close();
    this.finished = [];
    this.lastSegment = -1;
    this.lastSeq = 0;
    this.damagedBytes = 0;
  }

  /**
   * Deletes the segments that are read to their end and whose records are all acknowledged.
   *
   * @param ackedSeq - highest acknowledged seq
   * @param isWriterGone - the newest segment, too
   */
  deleteAcknowledged(ackedSeq: number, isWriterGone: boolean): void {
    if (isWriterGone && this.current && this.laterSegments(this.current.segment).length === 0 && this.lastSeq <= ackedSeq) {
      this.finish(this.current);
    }
    while (this.finished[0] && this.finished[0].lastSeq <= ackedSeq) {
      const { file } = this.finished.shift() as { file: string };
      try {
        unlinkSync(join(this.folder, file));
      } catch (error) {
        // Another shipper of the same journal may have been first.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }

  /** Closes the open file; reading can go on. */
  close(): void {
    if (this.current) closeSync(this.current.fd);
    this.current = undefined;
  }

  private laterSegments(than: number): SegmentName[] {
    return this.list().filter(({ segment }) => segment > than);
  }

  private openNext(): OpenSegment | undefined {
    for (const { file, segment } of this.laterSegments(this.lastSegment)) {
      try {
        const fd = openSync(join(this.folder, file), "r");
        this.current = { fd, file, segment, offset: 0, lastSeq: this.lastSeq };
        return this.current;
      } catch (error) {
        // Shipped and deleted by another shipper of the same journal since it was listed.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    return undefined;
  }

  private finish(segment: OpenSegment): void {
    this.damagedBytes += Math.max(0, fstatSync(segment.fd).size - segment.offset);
    this.finished.push({ file: segment.file, lastSeq: segment.lastSeq });
    this.lastSegment = segment.segment;
    this.close();
  }

  /** @returns bytes that the offset moved on; 0 when the rest of the segment is not a whole record (yet) */
  private readFrom(segment: OpenSegment, maxBytes: number, isComplete: boolean, records: ReadRecord[]): number {
    const start = segment.offset;
    // Larger pieces only for a large record, or a large damage.
    for (let pieceBytes = Math.max(maxBytes, 64 * 1024); ; pieceBytes = SEARCHED_BYTES) {
      const bytes = readAt(segment.fd, start, pieceBytes);
      const head = start === 0 ? this.takeHead(bytes) : 0;
      let taken = start === 0 && head === 0 ? 0 : this.take(segment, bytes, head, records);
      // What is behind damage is taken from the same piece: a file with many damages is not read anew for each.
      while (taken < bytes.length) {
        const isLargest = pieceBytes === SEARCHED_BYTES && taken === 0;
        // The record does not end before the file does: its length may be what is damaged.
        const isCut = bytes.length < pieceBytes && (isComplete || isQuiet(segment.fd));
        if (!isLargest && !isCut && readFrame(bytes, taken, fastCrc32) !== "damaged") break;
        const next = taken + this.skipDamage(bytes.subarray(taken), isComplete);
        taken = this.take(segment, bytes, next, records);
        // Nothing whole was found behind it.
        if (taken === next) break;
      }
      segment.offset = start + taken;
      if (taken > 0 || bytes.length < pieceBytes || pieceBytes === SEARCHED_BYTES) return taken;
    }
  }

  private take(segment: OpenSegment, bytes: Uint8Array, start: number, records: ReadRecord[]): number {
    for (let at = start; ; ) {
      const frame = readFrame(bytes, at, fastCrc32);
      if (typeof frame === "string") return at;
      at = frame.end;
      segment.lastSeq = Math.max(segment.lastSeq, frame.seq);
      if (frame.seq <= this.lastSeq) continue;
      this.lastSeq = frame.seq;
      records.push({ seq: frame.seq, type: frame.type, bytes: bytes.subarray(frame.start, frame.end) });
    }
  }

  private takeHead(bytes: Uint8Array): number {
    const head = decodeSegmentHead(bytes);
    if (typeof head === "string") return 0;
    this.header = head.header;
    return head.end;
  }

  /** Finds the next whole record after damaged bytes; bytes that may be a write in progress are not skipped. */
  private skipDamage(bytes: Uint8Array, isComplete: boolean): number {
    const next = findNextRecord(bytes, this.lastSeq);
    if (next !== undefined) {
      this.damagedBytes += next;
      return next;
    }
    // Where a record that begins here would be whole, there is none.
    const skippedBytes = bytes.length - LARGEST_RECORD_BYTES;
    if (skippedBytes <= 0 || !isComplete) return 0;
    this.damagedBytes += skippedBytes;
    return skippedBytes;
  }
}

function isQuiet(fd: number): boolean {
  return Date.now() - fstatSync(fd).mtimeMs > QUIET_MS;
}

function readAt(fd: number, position: number, maxBytes: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(maxBytes, Math.max(0, fstatSync(fd).size - position)));
  return bytes.subarray(0, readInto(fd, bytes, position));
}
