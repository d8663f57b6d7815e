import {
  type DropCounts,
  type InstanceEvent,
  type InstanceFacts,
  type JournalRecord,
  type Labels,
  type LogStream,
  pickFacts,
  whyNotEvent,
} from "ava-protocol";
import { maskMessage } from "../place/secrets/mask-secrets.js";
import { DefinedSeries } from "./defined-series.js";
import { type DropKind, Drops } from "./drops.js";
import { fitFacts } from "./fit-facts.js";
import type { JournalWriter } from "./journal/journal-writer.js";
import { PointsRow } from "./points-row.js";
import type { SeriesName } from "./series-ids.js";

/** Part of the disk budget that log text may fill: when a platform stays away for days, the points outlive the text. */
const LOG_SHARE = 0.75;
/** Bytes of one log record: a proxy that takes no larger bodies is not a reason to lose text. */
const LOG_PIECE_BYTES = 262_144;
/** Facts and events that wait in memory for room in the journal: a run that ends on a full disk is to tell its end. */
const MOST_WAITING = 200;

/** Takes records; a journal is one. */
export type RecordSink = Pick<JournalWriter, "append" | "appendPoints" | "define" | "batch" | "attempt" | "failure" | "close" | "labels">;

/** Records that wait for room. */
type KeptRecord = Extract<JournalRecord, { type: "facts" | "event" }>;

/** Where and when a set of metrics was measured. */
export interface RecordedAt {
  step: number;
  epoch?: number;
  /** Milliseconds since 1970. Default: the recorder's now. */
  timeMs?: number;
  /** Nanoseconds since 1970, where they are known; in place of `timeMs`. */
  timeNs?: bigint;
}

/** What a {@link Recorder} may be told. */
export interface RecorderOptions {
  /** Time of what carries none, in milliseconds since 1970. */
  now?: () => number;
  /** Told why something is left out, once for each reason. */
  warn?: (message: string) => void;
}

/**
 * Turns what a run says into journal records. Never throws and never waits; what the platform would refuse or the journal does not take is counted, and the counts are
 * recorded as soon as there is room again.
 */
export class Recorder {
  private readonly writer: RecordSink;
  private readonly now: () => number;
  private readonly series: DefinedSeries;
  private readonly row = new PointsRow();
  private readonly recorded = { points: 0, logBytes: 0, events: 0 };
  private readonly dropped: Drops;
  private readonly waiting: KeptRecord[] = [];
  /** Facts and events of the batch that is being made. */
  private batched: KeptRecord[] | undefined;
  /** Of the attempt under way: the journal took all so far. */
  private isWhole: boolean | undefined;

  /**
   * @param writer - journal of this process or thread
   * @param options - clock and ear
   */
  constructor(writer: RecordSink, { now = Date.now, warn = () => undefined }: RecorderOptions = {}) {
    this.writer = writer;
    this.now = now;
    this.series = new DefinedSeries(writer);
    this.dropped = new Drops(warn);
  }

  /** What had to be dropped so far. */
  get drops(): Readonly<DropCounts> {
    return this.dropped.counts;
  }

  /** What the journal had no room for to the end: facts, events, and the counts of the rest. */
  get lastWords(): JournalRecord[] {
    return [...this.waiting, ...(this.dropped.isRecorded ? [] : [this.dropped.record])];
  }

  /**
   * Records metrics of one step.
   *
   * @param metrics - values by name; the caller filters out values that are not numbers
   * @param at - step, epoch, time
   * @param labels - labels of all of them
   * @returns whether they are in the journal
   */
  points(metrics: Readonly<Record<string, number>>, at: RecordedAt, labels?: Labels): boolean {
    const timeNs = at.timeNs ?? toNs(at.timeMs ?? this.now());
    let isWhole = true;
    const ids = this.series.setOf(labels);
    for (const name in metrics) {
      const id = ids.get(name) ?? this.series.define(ids, name, labels);
      isWhole = this.put(id, name, metrics[name] as number, at, timeNs) && isWhole;
    }
    return this.appendRow(at, timeNs) && isWhole;
  }

  /**
   * Records values of one step that lie in columns.
   *
   * @param series - of each value; what a series' name and labels mean is found out once for each object
   * @param values - beside them
   * @param start - index of the first value
   * @param end - index behind the last one
   * @param at - step, epoch, time
   * @returns whether they are in the journal
   */
  values(series: readonly SeriesName[], values: ArrayLike<number>, start: number, end: number, at: RecordedAt): boolean {
    const timeNs = at.timeNs ?? toNs(at.timeMs ?? this.now());
    let isWhole = true;
    for (let index = start; index < end; index += 1) {
      const one = series[index] as SeriesName;
      isWhole = this.put(this.series.idOf(one), one.name, values[index] as number, at, timeNs) && isWhole;
    }
    return this.appendRow(at, timeNs) && isWhole;
  }

  /**
   * Records a piece of console or logger output.
   *
   * @param stream - where it came from
   * @param bytes - as written; pieces may end anywhere
   * @returns whether all of it is in the journal
   */
  log(stream: LogStream, bytes: Uint8Array): boolean {
    let isWhole = true;
    const timeNs = toNs(this.now());
    for (let start = 0; start < bytes.length; start += LOG_PIECE_BYTES) {
      const piece = bytes.subarray(start, start + LOG_PIECE_BYTES);
      if (!this.writer.append({ type: "log", timeNs, stream, bytes: piece }, LOG_SHARE)) isWhole = this.drop("logBytes", piece.length);
      else this.appended("logBytes", piece.length);
    }
    return isWhole;
  }

  /**
   * Records changed facts of the instance; what is wrong of them is left out, and what finds no room now is recorded later.
   *
   * @param facts - only what changed; secrets in the words of an end are masked
   */
  facts(facts: InstanceFacts): boolean {
    const { facts: right, refused } = pickFacts(facts as Readonly<Record<string, unknown>>);
    const { facts: fitting, left } = fitFacts(right);
    for (const reason of [...refused, ...left]) this.dropped.add("events", 1, reason);
    return this.keep({ type: "facts", facts: fitting.end === undefined ? fitting : { ...fitting, end: maskMessage(fitting.end) } });
  }

  /** Records an event. @param event - what happened; the time is added where it is absent */
  event(event: InstanceEvent): boolean {
    const timed = { timeNs: String(toNs(this.now())), ...maskMessage(event) };
    const why = whyNotEvent(timed);
    if (why !== undefined) return this.dropped.add("events", 1, why);
    return this.keep({ type: "event", event: timed });
  }

  /**
   * Records all that `work` records with one write: all of it is in the journal when this returns, or none and it is counted.
   *
   * @param work - calls the other methods
   */
  batch(work: () => void): void {
    const recordedBefore = { ...this.recorded };
    const batched: KeptRecord[] = [];
    if (this.together(batched, () => this.writer.batch(work))) return this.catchUp();
    for (const kind of ["points", "logBytes", "events"] as const) {
      const lost = this.recorded[kind] - recordedBefore[kind];
      this.recorded[kind] -= lost;
      if (lost > 0 && kind !== "events") this.drop(kind, lost);
    }
    for (const record of batched) this.keep(record);
  }

  /**
   * Records all that `work` records, or nothing of it. Where the journal does not take it nothing is counted: it is told again.
   *
   * @param work - calls the other methods
   * @returns whether it is in the journal
   */
  attempt(work: () => void): boolean {
    this.flushWaiting();
    const recordedBefore = { ...this.recorded };
    const takeBackDrops = this.dropped.mark();
    this.isWhole = true;
    const isAll = () => {
      work();
      return this.isWhole === true;
    };
    const isTaken = this.together([], () => this.writer.attempt(isAll));
    this.isWhole = undefined;
    if (isTaken) this.catchUp();
    else {
      Object.assign(this.recorded, recordedBefore);
      takeBackDrops();
    }
    return isTaken;
  }

  /** Writes what waits, where there is room. @returns whether nothing waits any more */
  isWritten(): boolean {
    this.flushWaiting();
    return this.waiting.length === 0;
  }

  /** Records what was dropped last, if there is room, and closes the journal. */
  close(): void {
    this.catchUp();
    this.writer.close();
  }

  private together(batched: KeptRecord[], write: () => boolean): boolean {
    this.batched = batched;
    try {
      return write();
    } finally {
      this.batched = undefined;
    }
  }

  /** Facts and events are few and tell how the run is: they wait for room. */
  private keep(record: KeptRecord): boolean {
    this.flushWaiting();
    if (this.waiting.length === 0 && this.writer.append(record)) {
      this.batched?.push(record);
      return this.appended("events", 1);
    }
    if (this.isWhole !== undefined) return this.drop("events", 1);
    if (this.waiting.length >= MOST_WAITING) return this.drop("events", 1);
    this.waiting.push(record);
    this.dropped.tell("not recorded now", this.failure);
    return false;
  }

  private flushWaiting(): void {
    // What a batch takes may be taken back.
    if (this.batched) return;
    while (this.waiting[0] && this.writer.append(this.waiting[0])) this.waiting.shift();
  }

  private catchUp(): void {
    this.flushWaiting();
    if (this.batched || this.dropped.isRecorded) return;
    if (this.writer.append(this.dropped.record)) this.dropped.isRecorded = true;
  }

  /** Adds a value to the row; `id` is `undefined` for one that is left out, {@link DefinedSeries.why} says why. */
  private put(id: number | undefined, name: string, value: number, at: RecordedAt, timeNs: bigint): boolean {
    if (id === undefined) return this.dropped.add("points", 1, this.series.why);
    const isWhole = !this.row.isFull || this.appendRow(at, timeNs);
    this.row.add(id, value, name.length);
    return isWhole;
  }

  /** @returns whether the values of the row are in the journal; it is empty then */
  private appendRow(at: RecordedAt, timeNs: bigint): boolean {
    const { ids, values, count } = this.row;
    if (count === 0) return true;
    this.row.clear();
    const isTaken = this.writer.appendPoints(at.step, at.epoch ?? Number.NaN, timeNs, ids, values, count);
    return isTaken ? this.appended("points", count) : this.drop("points", count);
  }

  private get failure(): string {
    return this.writer.failure ?? "unknown";
  }

  private drop(kind: DropKind, count: number): false {
    if (this.isWhole !== undefined) return (this.isWhole = false);
    return this.dropped.add(kind, count, this.failure);
  }

  private appended(kind: DropKind, count: number): true {
    this.recorded[kind] += count;
    this.catchUp();
    return true;
  }
}

function toNs(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((timeMs - wholeMs) * 1e6));
}
