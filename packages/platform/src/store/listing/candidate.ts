import { type Labels, type SeriesId, seriesKey } from "ava-protocol";
import { type InstanceHead, stateOf } from "../contract/instance.js";
import type { Field, Figure, MetricField } from "../contract/list.js";
import type { SeriesTotals } from "../levels/totals.js";
import { type ParamValue, paramAt, rememberedParam } from "./params.js";

/** An instance that a list looks at. */
export interface Candidate extends InstanceHead {
  /** By key. */
  readonly series: ReadonlyMap<string, SeriesFigures>;
  /** Params that lists have looked at; absent where nothing is remembered of it. */
  readonly params?: Map<string, ParamValue> | undefined;
}

/** Figures of a series, whatever else is known of it. */
export interface SeriesFigures extends SeriesId {
  readonly totals: Pick<SeriesTotals, Figure>;
}

/** @returns figures of a metric of which an instance has no points: that they were looked for is remembered */
export function noFigures(name: string): SeriesFigures {
  return { name, labels: {}, totals: { last: Number.NaN, min: Number.NaN, max: Number.NaN, count: 0 } };
}

/** What a field of an instance holds; `undefined` where it has none. */
export type FieldValue = string | number | bigint | undefined;

/**
 * @param field - what to look at
 * @param lostBeforeMs - as of `ListQuery`
 * @returns what the instance has there; times in milliseconds since 1970, of tags all as one text
 */
export function valueOf(candidate: Candidate, field: Field, lostBeforeMs: number): FieldValue {
  if (field.kind === "param") {
    const { facts, params } = candidate;
    return params === undefined ? paramAt(facts, field.key) : rememberedParam(facts, params, field.key);
  }
  if (field.kind === "metric") return totalsOf(candidate, field)?.[field.figure];
  const { facts } = candidate;
  switch (field.name) {
    case "state":
      return stateOf(candidate, lostBeforeMs);
    case "heartbeatTime":
      return candidate.heartbeatMs;
    case "startTime":
    case "stopTime": {
      const time = facts[field.name];
      return time === undefined ? undefined : Date.parse(time);
    }
    case "tag":
      return facts.tags === undefined || facts.tags.length === 0 ? undefined : facts.tags.join(", ");
    case "name":
    case "host":
      return facts[field.name];
    default:
      return candidate[field.name];
  }
}

/** Keys of the series that fields mean: they are looked at once for each instance. */
const keys = new WeakMap<MetricField, string>();

function totalsOf({ series }: Candidate, field: MetricField): Pick<SeriesTotals, Figure> | undefined {
  const { name, labels } = field;
  let key = keys.get(field);
  if (key === undefined) keys.set(field, (key = seriesKey(name, labels)));
  const found = series.get(key) ?? firstSeries(series.values(), name, labels);
  return found !== undefined && found.totals.count > 0 ? found.totals : undefined;
}

/**
 * @param all - series of an instance, in the order in which they came
 * @param labels - all of it, or some
 * @returns the one that has just these labels (none, where none are given), else the first that has them and more
 */
export function firstSeries<One extends SeriesId>(all: Iterable<One>, name: string, labels: Labels = {}): One | undefined {
  const wanted = Object.entries(labels);
  let first: One | undefined;
  for (const one of all) {
    if (one.name !== name || !wanted.every(([key, value]) => one.labels[key] === value)) continue;
    if (Object.keys(one.labels).length === wanted.length) return one;
    first ??= one;
  }
  return first;
}
