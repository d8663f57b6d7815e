import type { DropCounts, InstanceEvent, InstanceFacts, InstanceState, Labels } from "ava-protocol";
import type { Reparse } from "./reparse.js";

/** What is known of a series as a whole: what lists and heads of pages show. */
export interface SeriesView {
  name: string;
  labels: Labels;
  /** Points taken. It only grows, so it is the version of the series, too. */
  count: number;
  /** Over values that are not NaN; NaN if there are none. */
  min: number;
  max: number;
  /** Of the point that arrived last. */
  last: number;
  firstStep: number;
  lastStep: number;
  /** Nanoseconds since 1970. */
  firstTimeNs: bigint;
  lastTimeNs: bigint;
}

/** What a list needs of an instance, whatever it shows of it. */
export interface InstanceHead {
  id: string;
  training: string;
  /** Replaced when they change, never changed. The state in them is never `lost`. */
  facts: Readonly<InstanceFacts>;
  /** Last time any writer was heard, in milliseconds since 1970. */
  heartbeatMs: number;
}

/** One instance but for its series, points and log text. */
export interface InstanceView extends InstanceHead {
  events: readonly InstanceEvent[];
  /** What its writers lost, and what the platform refused of theirs. */
  drops: DropCounts;
  logBytes: number;
  /** Highest numbers of its writers' records, all together: it grows with each body of records that is taken. */
  records: number;
  /** Labels of the writers of log streams, by the number of the stream; of those that have some. */
  streamLabels: ReadonlyMap<number, Labels>;
  stopRequested?: { reason: string; time: string };
  /** In their order. */
  reparses: readonly Reparse[];
  /** A sentence for each part of it that cannot be read; empty when all is there. */
  damage: readonly string[];
}

/** @returns whether an instance is running and was heard last from `fromMs` on and before `beforeMs` */
export function fellSilent({ facts, heartbeatMs }: InstanceHead, fromMs: number, beforeMs: number): boolean {
  return (facts.state ?? "running") === "running" && heartbeatMs >= fromMs && heartbeatMs < beforeMs;
}

/**
 * @param head - of an instance
 * @param lostBeforeMs - a running instance that was not heard since this time is lost
 * @returns its state
 */
export function stateOf({ facts, heartbeatMs }: InstanceHead, lostBeforeMs: number): InstanceState {
  const state = facts.state ?? "running";
  return state === "running" && heartbeatMs < lostBeforeMs ? "lost" : state;
}
