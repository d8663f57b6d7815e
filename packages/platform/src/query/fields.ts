import type { FieldsAnswer } from "ava-protocol";
import type { Field, FiguredInstance } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { inSlices, type Steps } from "../store/slices.js";
import { trainingTerm } from "./list.js";
import { ParamCounts } from "./param-counts.js";

/** Newest instances that are looked at: the facts of each of them are read. */
const MOST_INSTANCES = 10_000;
/** Newest instances whose series are looked at. */
const SERIES_OF = 1000;
/** Instances whose series are read at a stretch. */
const PAGE = 500;
/** For so long an answer serves all who ask, in milliseconds. */
const FRESH_MS = 1000;
/** After so long all series are looked at again, in milliseconds: a reparse adds series to an instance that may be silent. */
const NAMES_MS = 60_000;
/** For so long what was counted is kept, in milliseconds: a question after that reads all again. */
const KEPT_MS = 600_000;

const ID: Field = { kind: "fact", name: "id" };

interface Kept {
  counts: FieldCounts;
  answer: Promise<FieldsAnswer>;
  /** When it was answered, in milliseconds; infinity until then. */
  answeredMs: number;
}

/** What was counted, by store and training. */
const kept = new WeakMap<Store, Map<string | undefined, Kept>>();

/**
 * @param training - only its instances; all when absent
 * @returns what the newest of them have; at most some seconds old
 */
export function fieldsOf(store: Store, training: string | undefined): Promise<FieldsAnswer> {
  const known = kept.get(store) ?? new Map<string | undefined, Kept>();
  kept.set(store, known);
  const nowMs = performance.now();
  for (const [key, { answeredMs }] of known) if (nowMs - answeredMs > KEPT_MS) known.delete(key);
  const before = known.get(training);
  if (before !== undefined && nowMs - before.answeredMs < FRESH_MS) return before.answer;
  const counts = before?.counts ?? new FieldCounts(store, training);
  const one: Kept = { counts, answer: counts.look(), answeredMs: Number.POSITIVE_INFINITY };
  known.set(training, one);
  one.answer.then(
    () => (one.answeredMs = performance.now()),
    () => known.delete(training),
  );
  return one.answer;
}

/** What the newest instances have. Each look counts those that changed since the one before. */
class FieldCounts {
  private readonly store: Store;
  private readonly training: string | undefined;
  private readonly params = new ParamCounts();
  private counted = new Map<string, FiguredInstance>();
  /** Names of the series of the newest instances. */
  private names = new Map<string, readonly string[]>();
  /** When all of them were read last, in milliseconds. */
  private namesMs = Number.NEGATIVE_INFINITY;

  constructor(store: Store, training: string | undefined) {
    this.store = store;
    this.training = training;
  }

  async look(): Promise<FieldsAnswer> {
    const { params, training, counted } = this;
    const terms = training === undefined ? [] : [trainingTerm(training)];
    const sort = { field: { kind: "fact", name: "startTime" }, isDown: true } as const;
    const now = new Map<string, FiguredInstance>();
    for await (const block of this.store.listAll({ terms, sort, limit: MOST_INSTANCES, lostBeforeMs: 0, metrics: [] }))
      await inSlices(this.count(block, now));
    for (const [id, { facts }] of counted) if (!now.has(id)) params.remove(facts);
    this.counted = now;
    await this.readNames([...now.values()].slice(0, SERIES_OF), counted);
    return { instances: now.size, params: params.told(), metrics: [...new Set([...this.names.values()].flat())] };
  }

  /** @param now - the instances are put there */
  private *count(block: readonly FiguredInstance[], now: Map<string, FiguredInstance>): Steps {
    const { params, counted } = this;
    for (const instance of block) {
      const before = counted.get(instance.id)?.facts;
      now.set(instance.id, instance);
      if (before === instance.facts) continue;
      if (before !== undefined) params.remove(before);
      params.add(instance.facts);
      yield;
    }
  }

  /** Of those that were heard since they were read last. */
  private async readNames(newest: readonly FiguredInstance[], counted: ReadonlyMap<string, FiguredInstance>): Promise<void> {
    const nowMs = performance.now();
    const isOld = nowMs - this.namesMs > NAMES_MS;
    if (isOld) this.namesMs = nowMs;
    const names = new Map<string, readonly string[]>();
    const changed: string[] = [];
    for (const { id, heartbeatMs } of newest) {
      const known = this.names.get(id);
      names.set(id, known ?? []);
      if (isOld || known === undefined || counted.get(id)?.heartbeatMs !== heartbeatMs) changed.push(id);
    }
    for (let start = 0; start < changed.length; start += PAGE) {
      const terms = [{ field: ID, oneOf: changed.slice(start, start + PAGE) }];
      const { instances } = await this.store.list({ terms, sort: { field: ID, isDown: false }, limit: PAGE, lostBeforeMs: 0 });
      for (const { id, series } of instances) names.set(id, [...new Set(series.map(({ name }) => name))]);
    }
    this.names = names;
  }
}
