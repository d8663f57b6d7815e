import type { DropCounts, InstanceEvent, InstanceFacts, JournalRecord, Labels, LogStream } from "ava-protocol";
import { LIMITS, seriesKey } from "ava-protocol";
import { maskText } from "../facts/mask-secrets.js";
import type { JournalWriter } from "./journal-writer.js";

/** Part of the disk budget that log text may fill: when a platform stays away for days, the points outlive the text. */
const LOG_SHARE = 0.75;

/** Takes records; a journal is one. */
export type RecordSink = Pick<JournalWriter, "append" | "appendPoints" | "batch" | "failure" | "close">;

/** Facts and events that wait in memory for room in the journal: a run that ends on a full disk is to tell its end. */
const MOST_WAITING = 200;

type DropKind = "points" | "logBytes" | "events";

/** Where and when a set of metrics was measured. */
export interface RecordedAt {
  step: number;
  epoch?: number;
  /** Milliseconds since 1970. Default: the recorder's now. */
  timeMs?: number;
}

/**
 * Turns what a run says into journal records. Never throws and never waits; what the journal refuses is counted, and the counts are
 * recorded as soon as there is room again.
 */
export class Recorder {
  private readonly writer: RecordSink;
  private readonly now: () => number;
  private readonly ids = new Map<string, number>();
  private ids32: Uint32Array = new Uint32Array(16);
  private values64: Float64Array = new Float64Array(16);
  private readonly dropped: DropCounts = { points: 0, logBytes: 0, events: 0 };
  private readonly recorded = { points: 0, logBytes: 0, events: 0 };
  private hasUnrecordedDrops = false;
  private readonly waiting: JournalRecord[] = [];
  /** Facts and events of the batch that is being made. */
  private batched: JournalRecord[] | undefined;

  /**
   * @param writer - journal of this process or thread
   * @param now - time of what carries none, in milliseconds since 1970
   */
  constructor(writer: RecordSink, now: () => number = Date.now) {
    this.writer = writer;
    this.now = now;
  }

  /** What had to be dropped so far. */
  get drops(): Readonly<DropCounts> {
    return this.dropped;
  }

  /**
   * Records metrics of one step.
   *
   * @param metrics - values by name; values that are no numbers are the caller's to filter
   * @param at - step, epoch, time
   * @param labels - labels of all of them
   * @returns whether they are in the journal
   */
  points(metrics: Readonly<Record<string, number>>, at: RecordedAt, labels?: Labels): boolean {
    let count = 0;
    let isWhole = true;
    for (const name in metrics) {
      const id = this.seriesId(name, labels);
      if (id === undefined) {
        isWhole = this.drop("points", 1);
        continue;
      }
      if (count === this.ids32.length) this.growRow();
      this.ids32[count] = id;
      this.values64[count] = metrics[name] as number;
      count += 1;
    }
    if (count === 0) return isWhole;
    const timeNs = toNs(at.timeMs ?? this.now());
    if (!this.writer.appendPoints(at.step, at.epoch ?? Number.NaN, timeNs, this.ids32, this.values64, count))
      return this.drop("points", count);
    return this.appended("points", count) && isWhole;
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
    const pieceBytes = LIMITS.recordPayloadBytes / 8;
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes);
      if (!this.writer.append({ type: "log", timeNs, stream, bytes: piece }, LOG_SHARE)) isWhole = this.drop("logBytes", piece.length);
      else this.appended("logBytes", piece.length);
    }
    return isWhole;
  }

  /** Records changed facts of the instance. @param facts - only what changed; secrets in the words of an end are masked */
  facts(facts: InstanceFacts): boolean {
    return this.keep({ type: "facts", facts: facts.end === undefined ? facts : { ...facts, end: masked(facts.end) } });
  }

  /** Records an event. @param event - what happened; the time is added where it is absent */
  event(event: InstanceEvent): boolean {
    return this.keep({ type: "event", event: { timeNs: String(toNs(this.now())), ...masked(event) } });
  }

  /**
   * Records all that `work` records with one write: all of it is in the journal when this returns, or none and it is counted.
   *
   * @param work - calls the other methods
   */
  batch(work: () => void): void {
    const seriesBefore = this.ids.size;
    const recordedBefore = { ...this.recorded };
    const batched: JournalRecord[] = [];
    this.batched = batched;
    let isTaken: boolean;
    try {
      isTaken = this.writer.batch(work);
    } finally {
      this.batched = undefined;
    }
    if (isTaken) return this.catchUp();
    // Series that were defined in the batch are not; the names come last in the map.
    for (const key of [...this.ids.keys()].slice(seriesBefore)) this.ids.delete(key);
    for (const kind of ["points", "logBytes", "events"] as const) {
      const lost = this.recorded[kind] - recordedBefore[kind];
      this.recorded[kind] -= lost;
      if (lost > 0 && kind !== "events") this.drop(kind, lost);
    }
    for (const record of batched) this.keep(record);
  }

  /** Records what was dropped last, if there is room, and closes the journal. */
  close(): void {
    this.catchUp();
    this.writer.close();
  }

  /** What the journal had no room for to the end: facts, events, and the counts of the rest. */
  get lastWords(): JournalRecord[] {
    return [...this.waiting, ...(this.hasUnrecordedDrops ? [{ type: "drops" as const, drops: { ...this.dropped } }] : [])];
  }

  /** Facts and events are few and tell how the run is: they wait for room. */
  private keep(record: JournalRecord): boolean {
    this.flushWaiting();
    if (this.waiting.length === 0 && this.writer.append(record)) {
      this.batched?.push(record);
      return this.appended("events", 1);
    }
    if (this.waiting.length >= MOST_WAITING) return this.drop("events", 1);
    this.waiting.push(record);
    return false;
  }

  private flushWaiting(): void {
    // What a batch takes may be taken back.
    if (this.batched) return;
    while (this.waiting[0] && this.writer.append(this.waiting[0])) this.waiting.shift();
  }

  private catchUp(): void {
    this.flushWaiting();
    if (!this.batched && this.hasUnrecordedDrops) this.recordDrops();
  }

  private seriesId(name: string, labels: Labels | undefined): number | undefined {
    const key = labels === undefined ? name : seriesKey(name, labels);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.ids.size + 1;
    if (id > LIMITS.seriesPerInstance) return this.fail(`more than ${LIMITS.seriesPerInstance} series in one instance`);
    if (name.length > LIMITS.seriesNameChars) return this.fail(`a series name of more than ${LIMITS.seriesNameChars} characters`);
    if (!this.writer.append({ type: "series", id, name, labels: labels ?? {} })) return undefined;
    this.ids.set(key, id);
    return id;
  }

  private fail(reason: string): undefined {
    this.dropped.reason = reason;
  }

  private growRow(): void {
    const ids = new Uint32Array(this.ids32.length * 2);
    const values = new Float64Array(ids.length);
    ids.set(this.ids32);
    values.set(this.values64);
    this.ids32 = ids;
    this.values64 = values;
  }

  private drop(kind: DropKind, count: number): false {
    this.dropped[kind] += count;
    this.dropped.reason = this.writer.failure ?? this.dropped.reason ?? "unknown";
    this.hasUnrecordedDrops = true;
    return false;
  }

  private appended(kind: DropKind, count: number): true {
    this.recorded[kind] += count;
    this.catchUp();
    return true;
  }

  private recordDrops(): void {
    if (this.writer.append({ type: "drops", drops: { ...this.dropped } })) this.hasUnrecordedDrops = false;
  }
}

function toNs(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((timeMs - wholeMs) * 1e6));
}

/** An event or an end, secrets in its message masked. */
function masked<Told extends { message?: string }>(told: Told): Told {
  return told.message === undefined ? told : { ...told, message: maskText(told.message) };
}
