import { type Labels, seriesKey } from "ava-protocol";
import { PlatformError } from "../../error.js";
import type { RawRows } from "../contract/points.js";
import {
  CHUNK_POINTS,
  type ChunkBody,
  type ChunkHead,
  decodeChunk,
  type EncodedChunk,
  encodeChunk,
  TIME_BASE_NS,
} from "../levels/chunk.js";
import { columnAt } from "../levels/column.js";
import type { ChunkPiece, DamagedChunk, GrowingSeries, Piece, Window } from "../levels/series.js";
import { addToTotals, emptyTotals, type SeriesTotals } from "../levels/totals.js";
import { JUMP_CAPACITY, NEXT_CAPACITY, Tail } from "./tail.js";

/** Where a series finds what it has stored. */
export interface ChunkSource {
  /** @returns heads of the stored chunks with an index below `end`, in order */
  readHeads(seriesNo: number, end: number): (ChunkHead | DamagedChunk)[];
  /** @returns a stored chunk. @throws PlatformError `store_damaged` */
  readChunk(seriesNo: number, index: number): RememberedChunk & { body: ChunkBody };
  /**
   * For a source that can read parts of a chunk.
   *
   * @returns what filling the buckets of a window reads of a chunk, until the next is read; `undefined` where all of it is to be read
   * @throws PlatformError `store_damaged`
   */
  readEdges?(seriesNo: number, index: number, window: Window): ChunkBody | undefined;
  /** For a source that reads between two walks: as `expect` of `ReadableSeries`, of the stored chunks with an index below `end`. */
  expect?(end: number, window: Window): boolean;
}

/** A stored chunk, for as long as its source remembers it. */
export interface RememberedChunk {
  head: ChunkHead;
  /** Absent once it is forgotten: then it is to be read again. */
  body: ChunkBody | undefined;
  /** Set by who looks at it again. */
  isUsed?: boolean;
}

/** The checkpoint that changes wait for. While one is being written, what changes belongs to the next. */
export interface Turn {
  no: number;
  isSaving: boolean;
}

/** What a checkpoint stores of a series: rows that have come later are not counted. */
export interface SeriesState {
  totals: SeriesTotals;
  tail: RawRows | undefined;
  waiting: readonly EncodedChunk[];
}

/** One metric of an instance: whole chunks (stored, or waiting for the next checkpoint) and the tail that grows. */
export class Series implements GrowingSeries {
  readonly no: number;
  readonly instance: string;
  readonly name: string;
  readonly labels: Labels;
  readonly key: string;
  readonly totals: SeriesTotals;
  /** Whole chunks that no checkpoint has stored yet: the last ones before the tail. */
  waiting: EncodedChunk[] = [];
  tail: Tail | undefined;
  /** Brings the rows of points that were only counted. While it is set, points that come are counted, and their rows are kept elsewhere. */
  late: (() => void) | undefined;
  /** Number of the turn in which it changed last; 0 when all of it is stored. */
  private changedIn = 0;
  /** As it was when the checkpoint that is being written began, where it has changed since. */
  private frozen: SeriesState | undefined;
  /** Its totals when it changed while a checkpoint was being written that has nothing of it. */
  private totalsBefore: SeriesTotals | undefined;
  /** The whole chunks; read from the database when first asked for. */
  private chunks: (ChunkPiece | DamagedChunk)[] | undefined;
  /** Where its stored chunks are. */
  readonly source: ChunkSource;
  private readonly turn: Turn;

  constructor(no: number, instance: string, name: string, labels: Labels, source: ChunkSource, turn: Turn, totals?: SeriesTotals) {
    this.no = no;
    this.instance = instance;
    this.name = name;
    this.labels = labels;
    this.key = seriesKey(name, labels);
    this.source = source;
    this.turn = turn;
    this.totals = totals ?? emptyTotals();
    if (totals === undefined) this.chunks = [];
  }

  get isDirty(): boolean {
    return this.changedIn !== 0;
  }

  /** Called before it changes, and to have it stored again. */
  willChange(): void {
    if (this.changedIn === this.turn.no) return;
    if (this.turn.isSaving && this.changedIn !== 0) this.frozen = this.state();
    else if (this.turn.isSaving) this.totalsBefore = { ...this.totals };
    this.changedIn = this.turn.no;
  }

  /**
   * Takes one point.
   *
   * @param epoch - NaN when absent
   * @param timeHi - upper half of the nanoseconds since 1970, signed
   * @param timeLo - lower half, unsigned
   */
  append(step: number, epoch: number, timeHi: number, timeLo: number, value: number): void {
    this.willChange();
    if (this.late === undefined) this.appendRow(step, epoch, timeHi, timeLo, value);
    addToTotals(this.totals, step, timeHi, timeLo, value);
  }

  /** Takes the row of a point that was counted before. Params as of {@link append}. */
  appendRow(step: number, epoch: number, timeHi: number, timeLo: number, value: number): void {
    let tail = this.tail ?? this.openTail(timeHi);
    let offsetNs = (timeHi - tail.timeBaseHi) * TIME_BASE_NS + timeLo;
    if (!Number.isSafeInteger(offsetNs)) {
      // More than 104 days from the first point of this chunk: beyond what an exact offset can say.
      this.seal();
      // The next may be as far again: then much room would be made for one point.
      tail = this.tail = new Tail(timeHi, JUMP_CAPACITY);
      offsetNs = timeLo;
    }
    tail.append(step, epoch, offsetNs, value);
    if (tail.isFull) this.seal();
  }

  /** @returns all points in order of arrival */
  pieces(): Piece[] {
    this.late?.();
    const pieces: Piece[] = [...this.wholeChunks()];
    if (this.tail !== undefined) pieces.push({ rows: this.tail });
    else if (this.totals.storedInLast > 0) pieces.push(this.storedTail());
    return pieces;
  }

  /** As of `ReadableSeries`. */
  expect(window: Window): boolean {
    return this.source.expect?.(this.totals.chunks - this.waiting.length, window) ?? true;
  }

  /** @returns what the checkpoint that is being written stores of it; `undefined` when it has nothing new for that one */
  takeState(): SeriesState | undefined {
    const { frozen } = this;
    if (frozen === undefined && (this.changedIn === 0 || this.changedIn === this.turn.no)) return undefined;
    if (frozen === undefined) this.changedIn = 0;
    this.frozen = undefined;
    return frozen ?? this.state();
  }

  /** @returns totals that are stored when the checkpoint that is being written ends, where it has nothing of this series */
  storedTotals(): SeriesTotals {
    const hasChangedSince = this.turn.isSaving && this.changedIn === this.turn.no;
    return (hasChangedSince ? this.totalsBefore : undefined) ?? this.totals;
  }

  /** Called when a checkpoint has been written. @param state - what it stored of this series */
  markStored({ totals, tail, waiting }: SeriesState): void {
    this.waiting = this.waiting.slice(waiting.length);
    if (tail !== undefined && totals.chunks === this.totals.chunks) this.totals.storedInLast = tail.count;
  }

  /** Called when a checkpoint could not be written: all of it is for the next one. */
  markUnstored(): void {
    this.frozen = undefined;
    this.changedIn = this.turn.no;
  }

  /** Frees the memory of a tail that is stored as it is. */
  releaseTail(): void {
    if (!this.isDirty) this.tail = undefined;
  }

  /** @returns brings the series back to what it is now; until a checkpoint has been written */
  mark(): () => void {
    const { tail, late, changedIn, totals, waiting, chunks } = this;
    const before = { totals: { ...totals }, tailPoints: tail?.count ?? 0, waiting: waiting.length, chunks: chunks?.length };
    return () => {
      Object.assign(totals, before.totals);
      // A tail that was sealed meanwhile still has its rows.
      this.tail = tail;
      this.late = late;
      if (tail !== undefined) tail.count = before.tailPoints;
      waiting.length = before.waiting;
      if (chunks !== undefined) chunks.length = before.chunks!;
      this.chunks = chunks;
      this.changedIn = changedIn;
    };
  }

  private state(): SeriesState {
    const { totals, tail, waiting } = this;
    // Rows are only added: a tail as it is now is its columns and how many rows count.
    const rows = tail && {
      count: tail.count,
      timeBaseHi: tail.timeBaseHi,
      step: tail.step,
      time: tail.time,
      epoch: tail.epoch,
      value: tail.value,
    };
    return { totals: { ...totals }, tail: rows, waiting: [...waiting] };
  }

  private wholeChunks(): (ChunkPiece | DamagedChunk)[] {
    if (this.chunks !== undefined) return this.chunks;
    const heads = this.source.readHeads(this.no, this.totals.chunks - this.waiting.length);
    for (const { head } of this.waiting) heads.push(head);
    const chunks: (ChunkPiece | DamagedChunk)[] = [];
    for (const head of heads) chunks.push("damage" in head ? head : this.chunkPiece(head, chunks.length));
    return (this.chunks = chunks);
  }

  private chunkPiece(head: ChunkHead, index: number): ChunkPiece {
    // A chart looks at a thousand chunks, again and again.
    let stored: RememberedChunk | undefined;
    const load = (edgesOf?: Window): ChunkBody => {
      if (stored?.body !== undefined) {
        stored.isUsed = true;
        return stored.body;
      }
      const waiting = this.waiting[index - (this.totals.chunks - this.waiting.length)];
      if (waiting !== undefined) return decodeChunk(waiting.body, head);
      const edges = edgesOf && this.source.readEdges?.(this.no, index, edgesOf);
      if (edges !== undefined) return edges;
      const read = this.source.readChunk(this.no, index);
      // A source that reads parts remembers them itself.
      if (this.source.readEdges === undefined) stored = read;
      return read.body;
    };
    return { head, load };
  }

  /** The chunk that is being filled, from the database. */
  private storedTail(): ChunkPiece | DamagedChunk {
    try {
      const { head, body } = this.source.readChunk(this.no, this.totals.chunks);
      return { head, load: () => body };
    } catch (error) {
      if (error instanceof PlatformError && error.code === "store_damaged") return { damage: error.message };
      throw error;
    }
  }

  private openTail(timeHi: number): Tail {
    const { totals } = this;
    const stored = totals.storedInLast === 0 ? undefined : this.storedTail();
    if (stored !== undefined && "damage" in stored) {
      // It stays where it is, and what comes goes on behind it.
      this.chunks?.push(stored);
      totals.chunks++;
      totals.storedInLast = 0;
    } else if (stored !== undefined) {
      const { head } = stored;
      const body = stored.load();
      const tail = new Tail(head.timeBaseHi, CHUNK_POINTS);
      for (let row = 0; row < head.count; row++) {
        tail.append(columnAt(body.step, row), columnAt(body.epoch, row), columnAt(body.time, row), columnAt(body.value, row));
      }
      return (this.tail = tail);
    }
    return (this.tail = totals.chunks === 0 ? new Tail(timeHi) : new Tail(timeHi, NEXT_CAPACITY));
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
