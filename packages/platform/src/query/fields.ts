import { setImmediate } from "node:timers/promises";
import { type FieldParam, type FieldsAnswer, flattenParams, type InstanceFacts } from "ava-protocol";
import type { Field, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { paramsOf } from "../store/listing/params.js";
import { trainingTerm } from "./list.js";

/** Values of a param, and params, that an answer has at most. */
const MOST_VALUES = 50;
const MOST_PARAMS = 2000;
/** Distinct values of a param that are counted: of a seed there are as many as instances. */
const MOST_COUNTED = 1000;
/** Newest instances that are looked at: each of them is read. */
const MOST_INSTANCES = 10_000;
/** Newest instances whose series are looked at. */
const SERIES_OF = 1000;
/** Instances that are read at a stretch; then other requests have their turn. */
const PAGE = 500;
/** For so long an answer serves all who ask, in milliseconds. */
const FRESH_MS = 10_000;

const START: Field = { kind: "fact", name: "startTime" };

interface Kept {
  answer: Promise<FieldsAnswer>;
  /** When it was asked for, in milliseconds. */
  askedMs: number;
}

/** Answers by store and training. */
const kept = new WeakMap<Store, Map<string | undefined, Kept>>();

/**
 * @param training - only its instances; all when absent
 * @returns what the newest of them have; at most some seconds old
 */
export function fieldsOf(store: Store, training: string | undefined): Promise<FieldsAnswer> {
  const known = kept.get(store) ?? new Map<string | undefined, Kept>();
  kept.set(store, known);
  const nowMs = performance.now();
  for (const [key, { askedMs }] of known) if (nowMs - askedMs > FRESH_MS) known.delete(key);
  const fresh = known.get(training);
  if (fresh !== undefined) return fresh.answer;
  const answer = look(store, training);
  known.set(training, { answer, askedMs: nowMs });
  answer.catch(() => known.delete(training));
  return answer;
}

async function look(store: Store, training: string | undefined): Promise<FieldsAnswer> {
  const terms: Term[] = training === undefined ? [] : [trainingTerm(training)];
  const asked = { terms, sort: { field: START, isDown: true }, limit: PAGE, lostBeforeMs: 0 };
  const params = new Map<string, { instances: number; values: Map<string, number> }>();
  const metrics = new Set<string>();
  let instances = 0;
  for (let cursor: string | undefined, isFirst = true; isFirst || (cursor !== undefined && instances < MOST_INSTANCES); isFirst = false) {
    const names = instances < SERIES_OF ? {} : { seriesNames: [] };
    const page = await store.list({ ...asked, ...names, ...(cursor === undefined ? {} : { cursor }) });
    for (const { facts, series } of page.instances) {
      for (const { name } of series) metrics.add(name);
      count(facts, params);
    }
    instances += page.instances.length;
    cursor = page.nextCursor;
    await setImmediate();
  }
  const told = [...params].map(([path, { instances: own, values }]): FieldParam => {
    const frequent = [...values].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
    return { path, instances: own, values: frequent.map(([value]) => value) };
  });
  return { instances, params: told.sort((a, b) => b.instances - a.instances), metrics: [...metrics] };
}

function count(facts: Readonly<InstanceFacts>, params: Map<string, { instances: number; values: Map<string, number> }>): void {
  const { text, root } = paramsOf(facts);
  for (const { path, value } of flattenParams(text, root)) {
    const one = params.get(path) ?? { instances: 0, values: new Map<string, number>() };
    if (one.instances === 0 && params.size >= MOST_PARAMS) continue;
    params.set(path, one);
    one.instances += 1;
    const known = one.values.get(value);
    if (known !== undefined || one.values.size < MOST_COUNTED) one.values.set(value, (known ?? 0) + 1);
  }
}
