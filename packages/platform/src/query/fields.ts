import { type FieldParam, type FieldsAnswer, flattenParams } from "ava-protocol";
import type { Field, Term } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { paramsOf } from "../store/listing/params.js";
import { trainingTerm } from "./list.js";

/** Values of a param, and params, that an answer has at most. */
const MOST_VALUES = 50;
const MOST_PARAMS = 2000;
/** Distinct values of a param that are counted: of a seed there are as many as instances. */
const MOST_COUNTED = 1000;
/** Newest instances whose series are looked at. */
const SERIES_OF = 1000;
/** All instances are looked at for an answer: for so long it serves all who ask, in milliseconds. */
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
 * @returns what they have; at most some seconds old
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
  const sort = { field: START, isDown: true };
  const all = await store.list({ terms, sort, limit: Number.MAX_SAFE_INTEGER, lostBeforeMs: 0, seriesNames: [] });
  const newest = await store.list({ terms, sort, limit: SERIES_OF, lostBeforeMs: 0 });
  const params = new Map<string, { instances: number; values: Map<string, number> }>();
  for (const { facts } of all.instances) {
    const { text, root } = paramsOf(facts);
    for (const { path, value } of flattenParams(text, root)) {
      const one = params.get(path) ?? { instances: 0, values: new Map<string, number>() };
      if (one.instances === 0 && params.size >= MOST_PARAMS) continue;
      params.set(path, one);
      one.instances += 1;
      const count = one.values.get(value);
      if (count !== undefined || one.values.size < MOST_COUNTED) one.values.set(value, (count ?? 0) + 1);
    }
  }
  const metrics = new Set(newest.instances.flatMap(({ series }) => series.map(({ name }) => name)));
  const told = [...params].map(([path, { instances, values }]): FieldParam => {
    const frequent = [...values].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
    return { path, instances, values: frequent.map(([value]) => value) };
  });
  return { instances: all.total, params: told.sort((a, b) => b.instances - a.instances), metrics: [...metrics] };
}
