import { type InstanceDetail, seriesKey } from "ava-protocol";
import { useMemo, useState } from "react";
import { loadInstance } from "../../api/instances.js";
import { createQueue } from "../../api/queue.js";
import { useResource } from "../../api/use-resource.js";
import { runLineKey } from "../../charts/group-runs.js";
import { createGrowth, type Growth } from "../../charts/growth.js";
import { useLiveChanges } from "../../live/use-live.js";

const queue = createQueue(4);

/** Runs that are compared. */
export interface Compared {
  runs: readonly InstanceDetail[];
  /** Of those that cannot be had: the id, and what the platform says. */
  failed: readonly string[];
}

/**
 * Keeps runs fresh: their facts when they change, their charts as their series grow.
 *
 * @param ids - of the runs
 * @returns the runs once they are there, how far their series have grown
 */
export function useCompared(ids: readonly string[]): { compared: Compared | undefined; growth: Growth } {
  const { value: compared, reload } = useResource(JSON.stringify(ids), async (signal): Promise<Compared> => {
    const results = await Promise.allSettled(ids.map((id) => queue(() => loadInstance(id, signal), signal)));
    return {
      runs: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
      failed: results.flatMap((result, i) => (result.status === "rejected" ? [`${ids[i]}: ${(result.reason as Error).message}`] : [])),
    };
  });
  const [growth] = useState(() => createGrowth(runLineKey));
  const known = useMemo(
    () => new Set(compared?.runs.flatMap(({ id, series }) => series.map((one) => runLineKey(id, seriesKey(one.name, one.labels))))),
    [compared],
  );
  useLiveChanges(
    ({ instance }) => ids.includes(instance),
    (changes) => {
      if (changes !== "missed") growth.take(changes);
      const isNew = (instance: string, series: readonly string[]): boolean => series.some((key) => !known.has(runLineKey(instance, key)));
      if (changes === "missed" || changes.some(({ facts, instance, series = [] }) => facts === true || isNew(instance, series))) reload();
    },
  );
  return { compared, growth };
}
