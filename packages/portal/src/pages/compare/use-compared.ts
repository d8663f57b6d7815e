import { seriesKey } from "ava-protocol";
import { useMemo, useState } from "react";
import { loadSummaries } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { runLineKey } from "../../charts/group-runs.js";
import { createGrowth, type Growth } from "../../charts/growth.js";
import { useLiveChanges } from "../../live/use-live.js";
import type { PickedRun } from "../../view-state/picked-runs.js";
import { type ComparedFacts, comparedFacts } from "./compared-run.js";

/** Runs that are compared. */
export interface Compared {
  /** Absent until they are there. */
  runs: readonly ComparedFacts[] | undefined;
  /** Ids of those that are not there. */
  missing: readonly string[];
  growth: Growth;
  error: Error | undefined;
  reload: () => void;
}

/**
 * Keeps runs fresh: their facts when they change, their charts as their series grow.
 *
 * @param picked - the runs
 * @returns the runs, and how far their series have grown
 */
export function useCompared(picked: readonly PickedRun[]): Compared {
  const ids = picked.map(({ id }) => id);
  const { value, error, reload } = useResource(JSON.stringify(ids), (signal) => loadSummaries(ids, signal));
  const slots = JSON.stringify(picked.map(({ slot }) => slot));
  const runs = useMemo(() => {
    const bySlot = new Map(ids.map((id, i) => [id, (JSON.parse(slots) as number[])[i]!]));
    return value?.map((summary) => comparedFacts(summary, bySlot.get(summary.id) ?? 0));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the ids are those of the value
  }, [value, slots]);
  const [growth] = useState(() => createGrowth(runLineKey));
  const known = useMemo(
    () => new Set(value?.flatMap(({ id, series }) => series.map((one) => runLineKey(id, seriesKey(one.name, one.labels))))),
    [value],
  );
  useLiveChanges(
    ({ instance }) => ids.includes(instance),
    (changes) => {
      if (changes !== "missed") growth.take(changes);
      const isNew = (instance: string, series: readonly string[]): boolean => series.some((key) => !known.has(runLineKey(instance, key)));
      if (changes === "missed" || changes.some(({ facts, instance, series = [] }) => facts === true || isNew(instance, series))) reload();
    },
  );
  const missing = runs === undefined ? [] : ids.filter((id) => !runs.some((run) => run.id === id));
  return { runs, missing, growth, error, reload };
}
