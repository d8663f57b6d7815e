import { randomBytes } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { encodeSegmentHead, type JournalRecord, type Labels, LIMITS, RecordEncoder, type SeriesRecord } from "ava-protocol";
import { ownProcess } from "../../machine/is-alive.js";
import { makePrivateFolder } from "../../place/workspace/make-folder.js";
import { fastCrc32 } from "./fast-crc32.js";
import { SegmentFile } from "./segment-file.js";
import { listSegments, segmentFileName } from "./segment-name.js";

/** What a journal belongs to and how much of the disk it may take. */
export interface JournalWriterOptions {
  /** Journal folder of the instance. */
  folder: string;
  instance: string;
  training: string;
  /** Labels that all series of this writer carry. */
  labels?: Labels;
  /** Id of the writer, for one that can be made again: of the same records it writes the same journal. Default: a new one. */
  writer?: string;
  /** This process ships it as well. Default false. */
  isSelfShipped?: boolean;
  /** Most bytes of unsent segments of this writer on the disk. Default 2 GiB. */
  maxJournalBytes?: number;
  /** Size at which the next segment starts. Default `LIMITS.segmentBytes`. */
  segmentBytes?: number;
}

/** Unsent journal that a writer keeps on the disk at most: about 90 million values, or two days of a very talkative console. */
const DEFAULT_MAX_JOURNAL_BYTES: number = 2 * 1024 ** 3;

/** Longest append: a record, or points with their definitions. */
const MOST_APPENDED_BYTES: number = LIMITS.recordPayloadBytes;

/** State before a record. */
interface Begun {
  /** Offset in the encoder. */
  start: number;
  seq: number;
  defining: number;
  definitionBytes: number;
}

/** While the journal is full or cannot be written, how often it is looked whether that is over. */
const RECHECK_MS = 1000;

/**
 * Appends records to the journal of one writer. An append is in the file when it returns, or it did not happen and says so: it never throws.
 * One writer per process or thread; see docs/formats/journal.md.
 */
export class JournalWriter {
  /** Unique id of the writer. */
  readonly writer: string;
  /** Why the last refused append was refused. */
  failure: string | undefined;
  private readonly options: JournalWriterOptions;
  private readonly encoder = new RecordEncoder(4096, fastCrc32);
  /** By id. */
  private readonly definitions: SeriesRecord[] = [];
  /** By id: the last segment that has the definition. */
  private readonly definedIn: number[] = [];
  /** Ids whose definitions the append or batch under way writes. */
  private defining: number[] = [];
  /** Bytes of definitions in the open segment. */
  private definitionBytes = 0;
  /** Of the open segment; a process with another pid has another one. */
  private headBytes = 0;
  private file: SegmentFile | undefined;
  private segment = -1;
  private nextSegment = 0;
  private nextSeq = 1;
  private closedBytes = 0;
  private nextFullCheckMs = 0;
  private nextStartMs = 0;
  private isClosed = false;
  private isBatching = false;

  /**
   * Starts the first segment, so that readers find the writer; where that fails, appends are refused until it works.
   *
   * @param options - what it belongs to
   */
  constructor(options: JournalWriterOptions) {
    this.options = options;
    this.writer = options.writer ?? randomBytes(8).toString("hex");
    this.hasSegment();
  }

  /** Labels that all series carry. */
  get labels(): Labels {
    return this.options.labels ?? {};
  }

  /** Seq of the last appended record; 0 before the first. */
  get lastSeq(): number {
    return this.nextSeq - 1;
  }

  /**
   * Appends a record.
   *
   * @param record - any record
   * @param share - part of the disk budget that this kind may fill: log text stops earlier than points
   * @returns whether it is in the journal; in a batch: whether it will be when the batch is committed
   */
  append(record: Exclude<JournalRecord, SeriesRecord>, share = 1): boolean {
    const begun = this.beginRecord();
    if (!begun) return false;
    try {
      this.encoder.write(this.nextSeq++, record);
    } catch (error) {
      return this.takeBack(begun, `it cannot be written as JSON: ${(error as Error).message}`);
    }
    return this.endRecord(begun, share);
  }

  /** Defines a series, once: its definition is appended with the first points that need it, in each segment. @param definition - id, name, labels */
  define(definition: SeriesRecord): void {
    this.definitions[definition.id] = definition;
  }

  /** Appends one points record, and the definitions that its segment has not yet; parameters as in `RecordEncoder.writePoints`. */
  appendPoints(step: number, epoch: number, timeNs: bigint, ids: ArrayLike<number>, values: ArrayLike<number>, count: number): boolean {
    const begun = this.beginRecord();
    if (!begun) return false;
    for (let i = 0; i < count; i++) {
      const definition = this.definitions[ids[i]!];
      if (definition && this.definedIn[definition.id] !== this.segment) this.writeDefinition(definition);
    }
    this.encoder.writePoints(this.nextSeq++, step, epoch, timeNs, ids, values, count);
    return this.endRecord(begun, 1);
  }

  /**
   * Appends all records of `work` with one write: all of them are in the journal when this returns, or none.
   *
   * @param work - calls `append` and `appendPoints`
   * @returns whether they are in the journal
   */
  batch(work: () => void): boolean {
    const before = this.beginRecord();
    this.isBatching = before !== undefined;
    try {
      work();
    } finally {
      this.isBatching = false;
    }
    // Without a segment each record was refused for itself.
    return before === undefined || this.commit(before);
  }

  /**
   * The same for records that are worth something only together.
   *
   * @param work - calls `append` and `appendPoints`; returns whether all of them were taken
   * @returns whether they are in the journal; if not, none of them is
   */
  attempt(work: () => boolean): boolean {
    const before = this.beginRecord();
    if (!before) return false;
    this.isBatching = true;
    let isWhole = false;
    try {
      isWhole = work();
    } finally {
      this.isBatching = false;
    }
    return isWhole ? this.commit(before) : this.takeBack(before, this.failure ?? "unknown");
  }

  /** Closes the file; later appends are refused. */
  close(): void {
    this.file?.close();
    this.file = undefined;
    this.isClosed = true;
  }

  /** @returns where the record begins; `undefined` when the journal takes none now */
  private beginRecord(): Begun | undefined {
    if (!this.isBatching) {
      if (!this.hasSegment()) return undefined;
      this.encoder.clear();
      this.defining = [];
    }
    return {
      start: this.encoder.byteLength,
      seq: this.nextSeq,
      defining: this.defining.length,
      definitionBytes: this.definitionBytes,
    };
  }

  private writeDefinition(definition: SeriesRecord): void {
    const startBytes = this.encoder.byteLength;
    this.encoder.write(this.nextSeq++, definition);
    this.definedIn[definition.id] = this.segment;
    this.defining.push(definition.id);
    this.definitionBytes += this.encoder.byteLength - startBytes;
  }

  private endRecord(begun: Begun, share: number): boolean {
    const bytes = this.encoder.byteLength;
    if (bytes - begun.start > MOST_APPENDED_BYTES) return this.takeBack(begun, `a record of more than ${MOST_APPENDED_BYTES} bytes`);
    if (this.isFull(bytes, share)) return this.takeBack(begun, "the journal has reached its limit on the disk");
    return this.isBatching || this.commit(begun);
  }

  private commit(begun: Begun): boolean {
    try {
      this.file?.append(this.encoder.bytes());
      return true;
    } catch (error) {
      return this.takeBack(begun, `the journal cannot be written: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  /** As if the record had not begun; a definition that was not written is written with the next use. */
  private takeBack({ start, seq, defining, definitionBytes }: Begun, reason: string): false {
    this.encoder.truncate(start);
    this.nextSeq = seq;
    this.definitionBytes = definitionBytes;
    for (const id of this.defining.splice(defining)) this.definedIn[id] = -1;
    return this.refuse(reason);
  }

  private refuse(reason: string): false {
    this.failure = reason;
    return false;
  }

  private hasSegment(): boolean {
    const { segmentBytes = LIMITS.segmentBytes } = this.options;
    if (this.file && !this.file.isTorn && this.file.byteLength - this.headBytes - this.definitionBytes < segmentBytes) return true;
    if (this.isClosed) return this.refuse("the journal is closed");
    if (Date.now() < this.nextStartMs) return false;
    try {
      this.startSegment();
      return true;
    } catch (error) {
      this.nextStartMs = Date.now() + RECHECK_MS;
      return this.refuse(`the journal cannot be written: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  private startSegment(): void {
    const { folder, instance, training, labels, isSelfShipped } = this.options;
    const { writer, nextSeq } = this;
    const segment = this.nextSegment++;
    // Also when the folder was deleted in the middle of the run.
    makePrivateFolder(folder);
    const path = join(folder, segmentFileName(writer, segment));
    const file = new SegmentFile(path);
    const header = {
      instance,
      training,
      writer,
      segment,
      firstSeq: nextSeq,
      ...ownProcess(),
      ...(labels ? { labels } : {}),
      ...(isSelfShipped ? { isSelfShipped } : {}),
    };
    try {
      file.append(encodeSegmentHead(header));
    } catch (error) {
      file.close();
      rmSync(path, { force: true });
      throw error;
    }
    this.segment = segment;
    this.headBytes = file.byteLength;
    this.definitionBytes = 0;
    this.file?.close();
    this.file = file;
    this.closedBytes = this.sizeOfOthers(segment);
  }

  private isFull(addedBytes: number, share: number): boolean {
    const limitBytes = (this.options.maxJournalBytes ?? DEFAULT_MAX_JOURNAL_BYTES) * share;
    const isOver = () => this.closedBytes + (this.file?.byteLength ?? 0) + addedBytes > limitBytes;
    if (!isOver()) return false;
    const nowMs = Date.now();
    if (nowMs < this.nextFullCheckMs) return true;
    this.nextFullCheckMs = nowMs + RECHECK_MS;
    this.closedBytes = this.sizeOfOthers(this.nextSegment - 1);
    return isOver();
  }

  /** Bytes of this writer's segments that the shipper has not deleted yet, except the open one. */
  private sizeOfOthers(openSegment: number): number {
    let bytes = 0;
    for (const { file, segment } of listSegments(this.options.folder, this.writer)) {
      if (segment !== openSegment) bytes += statSync(join(this.options.folder, file), { throwIfNoEntry: false })?.size ?? 0;
    }
    return bytes;
  }
}
