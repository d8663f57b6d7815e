import type { InstanceFacts } from "ava-protocol";
import type { InstanceHead } from "../contract/instance.js";
import type { Candidate } from "../listing/candidate.js";

/** Characters of facts, as JSON, that are remembered: those of 100,000 instances with 100 params each. A person who looks at a list asks again. */
const MAX_CHARACTERS = 300_000_000;

/** Metrics of which figures are remembered with the rows: some 200 bytes each. More at once are not put to them. */
export const MAX_METRICS = 6;

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
  /** Metrics of which rows may have figures. */
  private readonly metrics = new Set<string>();
  private readonly facts = new Map<string, { facts: Readonly<InstanceFacts>; characters: number }>();
  private readonly maxCharacters: number;
  private characters = 0;

  constructor(maxCharacters: number = MAX_CHARACTERS) {
    this.maxCharacters = maxCharacters;
  }

  /** @param id - of an instance that changes, or is removed */
  forget(id: string): void {
    this.characters -= this.facts.get(id)?.characters ?? 0;
    this.facts.delete(id);
    if (this.rows === undefined) return;
    this.rows.delete(id);
    this.stale.add(id);
  }

  /** @param names - of metrics whose figures will be put to the rows: where they become too many, all rows are read again */
  willHave(names: Iterable<string>): void {
    const more = [...names].filter((name) => !this.metrics.has(name));
    if (this.metrics.size + more.length > MAX_METRICS) {
      this.clear();
      this.metrics.clear();
    }
    for (const name of more) this.metrics.add(name);
  }

  /** Forgets all rows. */
  clear(): void {
    this.rows = undefined;
    this.reading = undefined;
    this.stale.clear();
  }

  /** @returns all facts of an instance, where they are remembered */
  factsOf(id: string): Readonly<InstanceFacts> | undefined {
    return this.facts.get(id)?.facts;
  }

  /** Remembers facts that are not, unless they would be too many. @param characters - of their JSON */
  putFacts(id: string, facts: Readonly<InstanceFacts>, characters: number): void {
    if (this.facts.has(id) || this.characters + characters > this.maxCharacters) return;
    this.facts.set(id, { facts, characters });
    this.characters += characters;
  }
}
