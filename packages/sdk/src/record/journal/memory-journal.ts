import { type JournalRecord, type Labels, RECORD_TYPE, RecordEncoder, type SeriesRecord } from "ava-protocol";
import type { RecordSink } from "../recorder.js";
import { fastCrc32 } from "./fast-crc32.js";
import type { ReadRecord } from "./journal-reader.js";

/** Records that are made anew whenever they are needed, and so need no file: a journal in memory, from which they are taken at once. */
export class MemoryJournal implements RecordSink {
  /** Nothing is ever refused. */
  readonly failure: undefined;
  /** Labels that all series carry. */
  readonly labels: Labels;
  private readonly encoder = new RecordEncoder(64 * 1024, fastCrc32);
  private records: ReadRecord[] = [];
  private bytes = 0;
  private seq = 0;

  /** @param labels - that all series carry */
  constructor(labels: Labels = {}) {
    this.labels = labels;
  }

  /** Seq of the last record. */
  get lastSeq(): number {
    return this.seq;
  }

  /** Bytes of the records that were not taken yet. */
  get byteLength(): number {
    return this.bytes;
  }

  /** As of `JournalWriter`. */
  define(definition: SeriesRecord): void {
    this.append(definition);
  }

  /** As of `JournalWriter`. */
  append(record: JournalRecord): true {
    this.encoder.clear();
    this.encoder.write(this.seq + 1, record);
    return this.keep(RECORD_TYPE[record.type]);
  }

  /** As of `JournalWriter`. */
  appendPoints(step: number, epoch: number, timeNs: bigint, ids: ArrayLike<number>, values: ArrayLike<number>, count: number): true {
    this.encoder.clear();
    this.encoder.writePoints(this.seq + 1, step, epoch, timeNs, ids, values, count);
    return this.keep(RECORD_TYPE.points);
  }

  /** As of `JournalWriter`. */
  batch(work: () => void): true {
    work();
    return true;
  }

  /** As of `JournalWriter`. */
  attempt(work: () => boolean): boolean {
    return work();
  }

  /** Nothing is open. */
  close(): void {
    this.records = [];
  }

  /** @returns the records since the last call */
  take(): ReadRecord[] {
    const { records } = this;
    this.records = [];
    this.bytes = 0;
    return records;
  }

  private keep(type: number): true {
    this.seq += 1;
    const bytes = this.encoder.bytes().slice();
    this.records.push({ seq: this.seq, type, bytes });
    this.bytes += bytes.length;
    return true;
  }
}
