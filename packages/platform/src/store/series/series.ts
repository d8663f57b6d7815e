import { type Labels, seriesKey } from "ava-protocol";
import { CHUNK_POINTS, type ChunkBody, type ChunkHead, decodeChunk, type EncodedChunk, encodeChunk, TIME_BASE_NS } from "../chunk/chunk.js";
import { columnAt } from "../chunk/column.js";
import { NEXT_CAPACITY, Tail } from "./tail.js";

/** Where a series finds what it has stored. */
export interface ChunkSource {
  /** @returns heads of the stored chunks with an index below `end`, in order */
  readHeads(seriesNo: number, end: number): ChunkHead[];
  /** @returns a stored chunk */
  readChunk(seriesNo: number, index: number): { head: ChunkHead; body: ChunkBody };
}

/** Summary of a series that is stored beside its name; times in halves of nanoseconds since 1970. */
export interface SeriesTotals {
  count: number;
  min: number;
  max: number;
  last: number;
  firstStep: number;
  lastStep: number;
  firstTimeHi: number;
  firstTimeLo: number;
  lastTimeHi: number;
  lastTimeLo: number;
  /** Whole chunks; the next one is being filled. */
  chunks: number;
  /** Points of the chunk being filled that are in the database. */
  storedInLast: number;
}

/** A part of a series in order of arrival, as queries walk over it: a chunk that is read when needed, or rows in memory. */
export type Piece = ChunkPiece | { rows: Tail; head?: never; load?: never };

interface ChunkPiece {
  head: ChunkHead;
  load: () => ChunkBody;
  rows?: never;
}

/** One metric of an instance: whole chunks (stored, or waiting for the next checkpoint) and the tail that grows. */
export class Series {
  readonly no: number;
  readonly instance: string;
  readonly name: string;
  readonly labels: Labels;
  readonly key: string;
  readonly totals: SeriesTotals;
  /** Whole chunks that no checkpoint has stored yet: the last ones before the tail. */
  waiting: EncodedChunk[] = [];
  isDirty = false;
  tail: Tail | undefined;
  /** The whole chunks; read from the database when first asked for. */
  private chunks: ChunkPiece[] | undefined;
  private readonly source: ChunkSource;

  constructor(no: number, instance: string, name: string, labels: Labels, source: ChunkSource, totals?: SeriesTotals) {
    this.no = no;
    this.instance = instance;
    this.name = name;
    this.labels = labels;
    this.key = seriesKey(name, labels);
    this.source = source;
    this.totals = totals ?? emptyTotals();
    if (totals === undefined) this.chunks = [];
  }

  /**
   * Takes one point.
   *
   * @param epoch - NaN when absent
   * @param timeHi - upper half of the nanoseconds since 1970, signed
   * @param timeLo - lower half, unsigned
   */
  append(step: number, epoch: number, timeHi: number, timeLo: number, value: number): void {
    const totals = this.totals;
    let tail = this.tail ?? this.openTail(timeHi);
    let offsetNs = (timeHi - tail.timeBaseHi) * TIME_BASE_NS + timeLo;
    if (!Number.isSafeInteger(offsetNs)) {
      // More than 104 days from the first point of this chunk: beyond what an exact offset can say.
      this.seal();
      tail = this.openTail(timeHi);
      offsetNs = timeLo;
    }
    tail.append(step, epoch, offsetNs, value);
    if (totals.count === 0) {
      totals.firstStep = step;
      totals.firstTimeHi = timeHi;
      totals.firstTimeLo = timeLo;
    }
    totals.count++;
    totals.last = value;
    totals.lastStep = step;
    totals.lastTimeHi = timeHi;
    totals.lastTimeLo = timeLo;
    if (value === value) {
      if (!(value >= totals.min)) totals.min = value;
      if (!(value <= totals.max)) totals.max = value;
    }
    this.isDirty = true;
    if (tail.isFull) this.seal();
  }

  /** @returns all points in order of arrival */
  pieces(): Piece[] {
    const pieces: Piece[] = [...this.wholeChunks()];
    if (this.tail !== undefined) pieces.push({ rows: this.tail });
    else if (this.totals.storedInLast > 0) {
      const { head, body } = this.source.readChunk(this.no, this.totals.chunks);
      pieces.push({ head, load: () => body });
    }
    return pieces;
  }

  /**
   * Called after a checkpoint has stored everything up to here.
   *
   * @param storedInLast - points of the tail that are stored now
   */
  markStored(storedInLast: number): void {
    this.waiting = [];
    this.isDirty = false;
    this.totals.storedInLast = storedInLast;
  }

  /** Frees the memory of a tail that is stored as it is. */
  releaseTail(): void {
    if (!this.isDirty) this.tail = undefined;
  }

  /** @returns brings the series back to what it is now; until the next checkpoint */
  mark(): () => void {
    const { tail, isDirty, totals, waiting, chunks } = this;
    const before = { totals: { ...totals }, tailPoints: tail?.count ?? 0, waiting: waiting.length, chunks: chunks?.length };
    return () => {
      Object.assign(totals, before.totals);
      // A tail that was sealed meanwhile still has its rows.
      this.tail = tail;
      if (tail !== undefined) tail.count = before.tailPoints;
      waiting.length = before.waiting;
      if (chunks !== undefined) chunks.length = before.chunks!;
      this.chunks = chunks;
      this.isDirty = isDirty;
    };
  }

  private wholeChunks(): ChunkPiece[] {
    const firstWaiting = this.totals.chunks - this.waiting.length;
    this.chunks ??= [...this.source.readHeads(this.no, firstWaiting), ...this.waiting.map((chunk) => chunk.head)].map((head, index) =>
      this.chunkPiece(head, index),
    );
    return this.chunks;
  }

  private chunkPiece(head: ChunkHead, index: number): ChunkPiece {
    const load = (): ChunkBody => {
      const waiting = this.waiting[index - (this.totals.chunks - this.waiting.length)];
      return waiting === undefined ? this.source.readChunk(this.no, index).body : decodeChunk(waiting.body, head);
    };
    return { head, load };
  }

  private openTail(timeHi: number): Tail {
    if (this.totals.storedInLast === 0) return (this.tail = this.totals.chunks === 0 ? new Tail(timeHi) : new Tail(timeHi, NEXT_CAPACITY));
    const { head, body } = this.source.readChunk(this.no, this.totals.chunks);
    const tail = new Tail(head.timeBaseHi, CHUNK_POINTS);
    for (let row = 0; row < head.count; row++) {
      tail.append(columnAt(body.step, row), columnAt(body.epoch, row), columnAt(body.time, row), columnAt(body.value, row));
    }
    return (this.tail = tail);
  }

  private seal(): void {
    const chunk = encodeChunk(this.tail!);
    this.waiting.push(chunk);
    this.chunks?.push(this.chunkPiece(chunk.head, this.totals.chunks));
    this.totals.chunks++;
    this.totals.storedInLast = 0;
    this.tail = undefined;
  }
}

function emptyTotals(): SeriesTotals {
  const none = Number.NaN;
  return {
    count: 0,
    min: none,
    max: none,
    last: none,
    firstStep: none,
    lastStep: none,
    firstTimeHi: 0,
    firstTimeLo: 0,
    lastTimeHi: 0,
    lastTimeLo: 0,
    chunks: 0,
    storedInLast: 0,
  };
}
