import type { InstanceState } from "ava-protocol";
import { stateOf } from "../contract/instance.js";
import type { GroupFigures, GroupQuery, InstanceGroup } from "../contract/list.js";
import { type Candidate, type FieldValue, valueOf } from "./candidate.js";

/**
 * Puts instances into groups, in steps.
 *
 * @param found - those that the terms let through
 * @param query - what they are grouped by, and the metrics that are wanted
 */
export function* groupsOf(found: readonly Candidate[], { by, metrics, lostBeforeMs }: GroupQuery): Generator<void, InstanceGroup[]> {
  const groups = new Map<string, { values: FieldValue[]; states: Partial<Record<InstanceState, number>>; sums: Sum[]; count: number }>();
  for (const [at, candidate] of found.entries()) {
    if (at % 16 === 0) yield;
    const values = by.map((field) => valueOf(candidate, field, lostBeforeMs));
    const key = JSON.stringify(values.map((value) => (value === undefined ? null : String(value))));
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { values, states: {}, sums: metrics.map(() => new Sum()), count: 0 }));
    group.count++;
    const state = stateOf(candidate, lostBeforeMs);
    group.states[state] = (group.states[state] ?? 0) + 1;
    for (const [i, field] of metrics.entries()) group.sums[i]!.add(valueOf(candidate, field, lostBeforeMs), candidate.id);
  }
  return [...groups.values()].map(({ sums, ...group }) => ({ ...group, figures: sums.map((sum) => sum.figures()) }));
}

/** Mean and spread of values that come one by one (Welford). */
class Sum {
  private count = 0;
  private mean = 0;
  private squares = 0;
  private min: GroupFigures["min"];
  private max: GroupFigures["max"];

  add(value: FieldValue, instance: string): void {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.squares += before * (value - this.mean);
    if (this.min === undefined || value < this.min.value) this.min = { value, instance };
    if (this.max === undefined || value > this.max.value) this.max = { value, instance };
  }

  figures(): GroupFigures {
    const { count, mean, squares, min, max } = this;
    if (min === undefined || max === undefined) return { count };
    return { count, mean, min, max, ...(count < 2 ? {} : { deviation: Math.sqrt(squares / (count - 1)) }) };
  }
}
