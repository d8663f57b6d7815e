import type { InstanceFacts } from "ava-protocol";
import type { InstanceHead } from "../contract/instance.js";
import type { Candidate } from "../listing/candidate.js";
import { RememberedFacts, RememberedMetrics } from "../listing/remembered.js";

/** Figures of an instance that has none, or of which none are asked for. */
export const NO_SERIES: Candidate["series"] = new Map();

/** A stored instance as lists remember it. */
export interface ListedRow extends Candidate {
  /** All of them, once they were asked for; until then those of its head. */
  facts: InstanceHead["facts"];
  params: Candidate["params"];
  /** What lists have asked for, also of metrics of which it has no points. It is replaced when there is more, never changed. */
  series: Candidate["series"];
}

/** @returns a row of which nothing is remembered yet but its head */
export function listedRow(head: InstanceHead): ListedRow {
  return { ...head, series: NO_SERIES, params: undefined };
}

/** What lists remember of stored instances, so that a question reads those alone that changed since the one before. */
export class Listed {
  /** By id: of all that are stored and not deleted; absent until a list begins to read them. */
  rows: Map<string, ListedRow> | undefined;
  /** Ends when a list has read them all. */
  reading: Promise<void> | undefined;
  /** Ids of instances of which rows are to be read again, once they are stored. */
  readonly stale: Set<string> = new Set();
  /** All facts of instances, by id. */
  readonly facts: RememberedFacts<string, Readonly<InstanceFacts>>;
  private readonly metrics = new RememberedMetrics();

  /** @param maxCharacters - as of `RememberedFacts` */
  constructor(maxCharacters?: number) {
    this.facts = new RememberedFacts(maxCharacters);
  }

  /** @param id - of an instance that changes, or is removed */
  forget(id: string): void {
    this.facts.forget(id);
    if (this.rows === undefined) return;
    this.rows.delete(id);
    this.stale.add(id);
  }

  /** @param names - of metrics whose figures will be put to the rows: where they become too many, all rows are read again */
  willHave(names: Iterable<string>): void {
    if (this.metrics.add(names)) this.clear();
  }

  /** Forgets all rows. */
  clear(): void {
    this.rows = undefined;
    this.reading = undefined;
    this.stale.clear();
  }
}
