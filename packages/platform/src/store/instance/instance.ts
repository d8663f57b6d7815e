import type { DropCounts, InstanceEvent, InstanceFacts } from "ava-protocol";
import type { Series } from "../series/series.js";

/** One process that appends to an instance. */
export interface Writer {
  id: string;
  /** Highest seq that is kept. */
  ack: number;
  drops: DropCounts | undefined;
  isDirty: boolean;
}

/** Log text of an instance: stored pieces, then what has come since the last checkpoint. */
export interface LogText {
  storedBytes: number;
  waiting: Uint8Array[];
  waitingBytes: number;
}

/** Everything of one instance that is held in memory. */
export interface Instance {
  readonly id: string;
  training: string;
  facts: InstanceFacts;
  createdMs: number;
  /** Last time any writer was heard. */
  heartbeatMs: number;
  stopRequested: { reason: string; time: string } | undefined;
  writers: Map<string, Writer>;
  /** By series key. */
  series: Map<string, Series>;
  events: InstanceEvent[];
  storedEvents: number;
  log: LogText;
  /** Sums of the last line-protocol bodies, to know one that is sent again. */
  recentBodies: string[];
  isDirty: boolean;
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
    createdMs: atMs,
    heartbeatMs: atMs,
    stopRequested: undefined,
    writers: new Map(),
    series: new Map(),
    events: [],
    storedEvents: 0,
    log: { storedBytes: 0, waiting: [], waitingBytes: 0 },
    recentBodies: [],
    isDirty: true,
  };
}

/** @returns bytes of the instance's log */
export function logBytes(instance: Instance): number {
  return instance.log.storedBytes + instance.log.waitingBytes;
}

/**
 * Takes over changed facts; absent ones stay. A run that says it runs (again) loses the end it had.
 *
 * @param instance - changed in place
 * @param facts - checked facts, see `pickFacts`
 */
export function mergeFacts(instance: Instance, facts: InstanceFacts): void {
  const { stopTime: _stopTime, end: _end, ...going } = instance.facts;
  const before = facts.state === "running" ? going : instance.facts;
  if (startsAnew(instance, facts)) instance.stopRequested = undefined;
  instance.facts = { ...before, ...facts };
  if (facts.training !== undefined) instance.training = facts.training;
  instance.isDirty = true;
}

/**
 * What a writer says about the state of an instance whose end another one of its writers has told. A rank that is done, or a wrapper whose
 * command answered 0 all the same, does not undo a failure, and the first message is the cause. A writer that started before the end does
 * not say that the instance goes on: its journal came later.
 *
 * @param instance - the instance
 * @param facts - checked facts of one writer
 * @returns the facts to take over
 */
export function keepEnd({ facts: before }: Instance, facts: InstanceFacts): InstanceFacts {
  if (facts.state === "running") {
    const isLate = Date.parse(facts.startTime ?? "") < Date.parse(before.stopTime ?? "");
    const { state: _state, ...others } = facts;
    return isLate ? others : facts;
  }
  if (before.state !== "failed" || facts.state === undefined) return facts;
  const end = { ...before.end, ...facts.end, ...(before.end?.message === undefined ? {} : { message: before.end.message }) };
  return { ...facts, state: "failed", end };
}

/** A run that is started again must not be stopped by what was meant for the one before. */
function startsAnew({ facts: before, stopRequested }: Instance, { state, startTime }: InstanceFacts): boolean {
  if (stopRequested === undefined || state !== "running") return false;
  return before.state !== "running" || Date.parse(startTime ?? "") > Date.parse(stopRequested.time);
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
