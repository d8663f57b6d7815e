import type { DropCounts, InstanceEvent, InstanceFacts, Labels, RecordsAnswer } from "ava-protocol";
import type { GrowingSeries } from "../levels/series.js";
import { isCompanion, type Life, putLife, tellLife, verdictOf } from "./life.js";
import { mergeWithParams } from "./merge-params.js";
import type { StoredReparse } from "./stored-reparse.js";

/** One process that appends to an instance. */
export interface Writer {
  id: string;
  /** Highest seq that is kept. */
  ack: number;
  drops: DropCounts | undefined;
  isDirty: boolean;
}

/** Bytes of an instance's log that a writer recorded as one. */
export interface LogRecord {
  timeNs: bigint;
  /** As of `streamNumber`. */
  stream: number;
  bytes: Uint8Array;
}

/** Log text of an instance: stored pieces, then what has come since the last checkpoint. */
export interface LogText {
  storedBytes: number;
  waiting: LogRecord[];
  waitingBytes: number;
}

/** Everything of one instance that is held in memory. */
export interface Instance {
  readonly id: string;
  training: string;
  facts: InstanceFacts;
  /** What each writer told of its start and end: the state in `facts` follows from it. */
  life: Life;
  createdMs: number;
  /** Last time any writer was heard. */
  heartbeatMs: number;
  stopRequested: { reason: string; time: string } | undefined;
  /** When it was deleted; absent for all others. */
  deletedMs?: number | undefined;
  writers: Map<string, Writer>;
  /** By series key. */
  series: Map<string, GrowingSeries>;
  events: InstanceEvent[];
  storedEvents: number;
  log: LogText;
  /** Replaced when one comes, never changed. */
  streamLabels: ReadonlyMap<number, Labels>;
  /** What the platform refused for good of what came, by any way. */
  refused: DropCounts | undefined;
  /** Sums of the last line-protocol bodies and when they came, to know one that is sent again. */
  recentBodies: { sum: string; atMs: number }[];
  /** Replaced when one changes, never changed. */
  reparses: readonly StoredReparse[];
  /** What of it cannot be read, one sentence each: it takes nothing more, so that nothing is taken for new that is there already. */
  damage: string[];
}

/**
 * @param id - instance id
 * @param training - name of its training
 * @param atMs - when it was first heard of
 */
export function newInstance(id: string, training: string, atMs: number): Instance {
  return {
    id,
    training,
    facts: { state: "running", startTime: new Date(atMs).toISOString() },
    life: new Map(),
    createdMs: atMs,
    heartbeatMs: atMs,
    stopRequested: undefined,
    writers: new Map(),
    series: new Map(),
    events: [],
    storedEvents: 0,
    log: { storedBytes: 0, waiting: [], waitingBytes: 0 },
    streamLabels: new Map(),
    refused: undefined,
    recentBodies: [],
    reparses: [],
    damage: [],
  };
}

/**
 * @param instance - an instance
 * @returns brings all of it but its series back to what it is now; until the next checkpoint
 */
export function markInstance(instance: Instance): () => void {
  const { log, events, writers, life } = instance;
  const fields = { ...instance };
  const logFields = { ...log };
  const logPieces = log.waiting.length;
  const eventCount = events.length;
  const restoreWriters = markEach(writers);
  const restoreLife = markEach(life);
  return () => {
    Object.assign(instance, fields);
    Object.assign(log, logFields);
    log.waiting.length = logPieces;
    events.length = eventCount;
    restoreWriters();
    restoreLife();
  };
}

function markEach<One extends object>(map: Map<string, One>): () => void {
  const before = [...map].map(([key, one]) => [key, { ...one }] as const);
  return () => {
    map.clear();
    for (const [key, one] of before) map.set(key, one);
  };
}

/** @returns bytes of the instance's log */
export function logBytes(instance: Instance): number {
  return instance.log.storedBytes + instance.log.waitingBytes;
}

/** Where facts came from, and when. */
export interface Teller {
  atMs: number;
  /** Absent for a client that puts them. */
  writer?: string;
  labels?: Labels | undefined;
}

/**
 * Takes over changed facts; absent ones stay.
 *
 * @param instance - changed in place
 * @param facts - checked facts, see `pickFacts`
 * @param teller - who told them
 */
export function mergeFacts(instance: Instance, facts: InstanceFacts, { atMs, writer, labels }: Teller): void {
  const { facts: before } = instance;
  const asCompanion = isCompanion(labels);
  const startTime = writer === undefined ? facts.startTime : firstStart(instance, facts);
  // One of many does not replace what those who speak for the instance told.
  instance.facts = { ...mergeWithParams(before, facts), ...(asCompanion ? before : {}), ...(startTime === undefined ? {} : { startTime }) };
  if (facts.state !== undefined) {
    if (writer === undefined) putLife(instance.life, facts, atMs);
    else tellLife(instance.life, writer, facts, atMs, asCompanion);
    const { stopTime: _stopTime, end: _end, ...others } = instance.facts;
    instance.facts = { ...others, ...verdictOf(instance.life) };
    if (facts.state === "running" && !asCompanion && startsAnew(instance, before, facts)) instance.stopRequested = undefined;
  }
  if (instance.facts.training !== undefined) instance.training = instance.facts.training;
}

/** A writer that joins an instance does not change when it began. The time at which the platform heard of it gives way to any that is told. */
function firstStart({ facts: before, createdMs }: Instance, { startTime }: InstanceFacts): string | undefined {
  const isTold = before.startTime !== new Date(createdMs).toISOString();
  return isTold && startTime !== undefined && before.startTime !== undefined && Date.parse(before.startTime) < Date.parse(startTime)
    ? before.startTime
    : startTime;
}

/** A run that is started again must not be stopped by what was meant for the one before. */
function startsAnew({ facts, stopRequested }: Instance, before: InstanceFacts, { startTime }: InstanceFacts): boolean {
  if (stopRequested === undefined || facts.state !== "running") return false;
  return before.state !== "running" || Date.parse(startTime ?? "") > Date.parse(stopRequested.time);
}

/**
 * @param writer - that has sent something
 * @returns what it is told of a stop. Where the run has ended, a writer that has told neither a start nor an end of it may be of one that is started again, which
 * asks where it stands before it tells its start
 */
export function stopOf(instance: Instance | undefined, writer: string): Pick<RecordsAnswer, "stop"> {
  if (instance?.stopRequested === undefined) return {};
  const { facts, life, stopRequested } = instance;
  const hasEnded = facts.state === "done" || facts.state === "failed";
  return hasEnded && !life.has(writer) ? {} : { stop: { reason: stopRequested.reason } };
}

/** @returns records of a log that the driver has not stored yet, with their places in the log */
export function* waitingRecords(log: LogText): Iterable<LogRecord & { offset: number }> {
  let offset = log.storedBytes;
  for (const record of log.waiting) {
    yield { offset, ...record };
    offset += record.bytes.length;
  }
}

/**
 * @param instance - the instance
 * @param writerId - id of a writer
 * @returns the writer, made when it is new
 */
export function writerOf(instance: Instance, writerId: string): Writer {
  let writer = instance.writers.get(writerId);
  if (writer === undefined) {
    writer = { id: writerId, ack: 0, drops: undefined, isDirty: true };
    instance.writers.set(writerId, writer);
  }
  return writer;
}

/** @returns highest numbers of its writers' records, all together */
export function recordsOf({ writers }: Instance): number {
  let records = 0;
  for (const { ack } of writers.values()) records += ack;
  return records;
}
