import { type Labels, seriesKey } from "ava-protocol";
import { type InstanceHead, stateOf } from "../contract/instance.js";
import type { Field } from "../contract/list.js";
import type { ReadableSeries } from "../levels/series.js";
import type { SeriesTotals } from "../levels/totals.js";
import { paramAt } from "./params.js";

/** An instance that a list looks at. */
export interface Candidate extends InstanceHead {
  /** By key. */
  readonly series: ReadonlyMap<string, Pick<ReadableSeries, "name" | "totals">>;
}

/** What a field of an instance holds; `undefined` where it has none. */
export type FieldValue = string | number | bigint | undefined;

/**
 * @param field - what to look at
 * @param lostBeforeMs - as of `ListQuery`
 * @returns what the instance has there; times in milliseconds since 1970
 */
export function valueOf(candidate: Candidate, field: Field, lostBeforeMs: number): FieldValue {
  if (field.kind === "param") return paramAt(candidate.facts, field.key);
  if (field.kind === "metric") return totalsOf(candidate, field.name, field.labels)?.[field.figure];
  switch (field.name) {
    case "state":
      return stateOf(candidate, lostBeforeMs);
    case "heartbeatTime":
      return candidate.heartbeatMs;
    case "startTime":
    case "stopTime": {
      const time = candidate.facts[field.name];
      return time === undefined ? undefined : Date.parse(time);
    }
    default:
      return candidate[field.name];
  }
}

function totalsOf({ series }: Candidate, name: string, labels: Labels | undefined): SeriesTotals | undefined {
  const exact = series.get(seriesKey(name, labels));
  if (exact !== undefined || labels !== undefined) return exact?.totals;
  for (const one of series.values()) if (one.name === name) return one.totals;
  return undefined;
}
