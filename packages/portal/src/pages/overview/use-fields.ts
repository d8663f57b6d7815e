import { type FieldsAnswer, flattenParams, type InstanceRow, type InstanceSummary, type Param } from "ava-protocol";
import { useMemo } from "react";
import { loadFields } from "../../api/groups.js";
import { loadNewest, loadRows } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { tellingParams } from "../../params/telling.js";
import { metricField, paramField } from "./field-text.js";
import type { KnownFields } from "./search-terms.js";
import { tellingSeries } from "./telling-series.js";

/** Runs whose params, and whose series, are looked at. */
const PARAMS_OF = 100;
const SERIES_OF = 10;
/** Columns that a table starts with. */
const MOST_PARAMS = 6;
const MOST_METRICS = 2;

/** What the newest runs have. */
export interface Fields extends KnownFields {
  /** Params that are equal in all runs that were looked at. */
  constants: readonly Param[];
  /** How many that were. */
  runs: number;
  /** Columns that tell the runs apart. */
  columns: readonly string[];
}

/**
 * Looks at the newest runs, for the columns to start with, and then at all, for completion and the choice of columns.
 *
 * @param training - only its runs
 * @returns what they have, and a way to look again
 */
export function useFields(training: string | undefined): { fields: Fields | undefined; reload: () => void } {
  const { value, error, reload } = useResource(`fields ${training ?? ""}`, async (signal) => {
    const rows = loadRows({ training, filter: "", sort: "-startTime", columns: "params", limit: PARAMS_OF, cursor: undefined }, signal);
    return { rows: (await rows).instances, newest: await loadNewest(training, SERIES_OF, signal) };
  });
  const hasMore = value !== undefined && value.rows.length > value.newest.length;
  const { value: all } = useResource(`all fields ${hasMore} ${training ?? ""}`, async (signal) =>
    hasMore ? loadFields(training, signal) : undefined,
  );
  const fields = useMemo(() => (value === undefined ? undefined : withAll(fieldsOf(value.rows, value.newest), all)), [value, all]);
  // What cannot be had is as if the runs had nothing: the list itself says what is wrong.
  return { fields: fields ?? (error === undefined ? undefined : fieldsOf([], [])), reload };
}

/** The columns to start with, and what is said to be equal, stay those of the newest runs. */
function withAll(fields: Fields, all: FieldsAnswer | undefined): Fields {
  if (all === undefined) return fields;
  const params = new Map([...fields.params, ...all.params.map(({ path, values }) => [path, values] as const)]);
  return { ...fields, params, metrics: [...new Set([...fields.metrics, ...all.metrics])] };
}

/**
 * @param rows - runs with the column `params`
 * @param newest - some of them with their series
 * @returns what they have
 */
export function fieldsOf(rows: readonly Pick<InstanceRow, "values">[], newest: readonly Pick<InstanceSummary, "series">[]): Fields {
  const flat = rows.map(({ values }) => flattenParams(JSON.stringify(values["params"] ?? {})));
  const counts = new Map<string, Map<string, number>>();
  for (const { path, value } of flat.flat()) {
    const seen = counts.get(path) ?? new Map<string, number>();
    counts.set(path, seen.set(value, (seen.get(value) ?? 0) + 1));
  }
  const byCount = <Key>(seen: ReadonlyMap<Key, number>): Key[] => [...seen].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  const varying = flat.length < 2 ? [] : tellingParams(flat);
  const told = new Map<string, number>();
  for (const { series } of newest) {
    const name = tellingSeries(series)?.name;
    if (name !== undefined) told.set(name, (told.get(name) ?? 0) + 1);
  }
  const metrics = [...new Set(newest.flatMap(({ series }) => series.map(({ name }) => name)))];
  return {
    params: new Map([...counts].map(([path, seen]) => [path, byCount(seen)])),
    metrics,
    constants: (flat[0] ?? []).filter(({ path }) => !varying.includes(path) && flat.length > 1),
    runs: flat.length,
    columns: [
      ...byCount(told)
        .slice(0, MOST_METRICS)
        .map((name) => metricField("last", name)),
      ...varying.slice(0, MOST_PARAMS).map(paramField),
    ],
  };
}
