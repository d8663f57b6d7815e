import { type FieldsAnswer, flattenParams, type InstanceRow, type InstanceSummary, type LiveChange, type Param } from "ava-protocol";
import { useMemo, useRef } from "react";
import { loadFields } from "../../api/groups.js";
import { loadNewest, loadRows } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { useLiveRefetch } from "../../live/use-live.js";
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
/** Shortest time between two looks, in milliseconds. */
const LOOK_INTERVAL_MS = 5000;

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
 * Looks at the newest runs, for the columns to start with, and then at all, for completion and the choice of columns; anew when runs come, change, or
 * get further series. Columns that are shown stay where they are then, others come behind them.
 *
 * @param training - only its runs
 * @returns what they have; absent before the first answer
 */
export function useFields(training: string | undefined): Fields | undefined {
  const shown = useRef<{ training: string | undefined; columns: readonly string[] }>({ training, columns: [] });
  const { value, error, reload } = useResource(`fields ${training ?? ""}`, async (signal) => {
    const asked = { training, filter: "", sort: "-startTime", columns: "params", limit: PARAMS_OF, cursor: undefined };
    const [rows, newest] = await Promise.all([loadRows(asked, signal), loadNewest(training, SERIES_OF, signal)]);
    const fields = fieldsOf(rows.instances, newest);
    const columns = withFurther(shown.current.training === training ? shown.current.columns : [], fields.columns);
    shown.current = { training, columns };
    return { ...fields, columns, hasMore: fields.runs > newest.length };
  });
  const hasMore = value?.hasMore ?? false;
  const { value: all, reload: reloadAll } = useResource(`all fields ${hasMore} ${training ?? ""}`, async (signal) =>
    hasMore ? loadFields(training, signal) : undefined,
  );
  const fields = useMemo(() => (value === undefined ? undefined : withAll(value, all)), [value, all]);
  const seen = useRef(new Set<string>());
  useLiveRefetch(
    (change) => (training === undefined || change.training === training) && (hasFurther(change, seen.current) || change.facts === true),
    () => {
      reload();
      reloadAll();
    },
    LOOK_INTERVAL_MS,
  );
  // What cannot be had is as if the runs had nothing: the list itself says what is wrong.
  return fields ?? (error === undefined ? undefined : fieldsOf([], []));
}

/** Whether series grew that did not before. */
function hasFurther({ training, series = [] }: LiveChange, seen: Set<string>): boolean {
  const before = seen.size;
  for (const key of series) seen.add(`${training} ${key}`);
  return seen.size > before;
}

/**
 * @param columns - that are shown
 * @param found - those to start with, as the runs are now
 * @returns the columns, with what was found behind them as long as there are few
 */
function withFurther(columns: readonly string[], found: readonly string[]): string[] {
  const room = Math.max(MOST_METRICS + MOST_PARAMS - columns.length, 0);
  return [...columns, ...found.filter((field) => !columns.includes(field)).slice(0, room)];
}

/** The columns to start with, and what is said to be equal, stay those of the newest runs. */
function withAll(fields: Fields, all: FieldsAnswer | undefined): Fields {
  if (all === undefined) return fields;
  const params = new Map(fields.params);
  // An answer about all runs may be some seconds old.
  for (const { path, values } of all.params) params.set(path, [...new Set([...values, ...(params.get(path) ?? [])])]);
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
