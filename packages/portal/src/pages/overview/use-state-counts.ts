import type { InstanceState } from "ava-protocol";
import { loadRows } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { useLiveRefetch } from "../../live/use-live.js";
import { STATES } from "../../view-state/overview-view.js";

/** Runs that a filter lets through, by state and in all. */
export type StateCounts = Record<InstanceState | "all", number>;

/** Shortest time between two counts, in milliseconds. */
const COUNT_INTERVAL_MS = 5000;

/**
 * Counts runs on the platform, which has them all.
 *
 * @param training - only its runs
 * @param filter - of the platform, without a state
 * @returns the counts, anew when facts of a run changed
 */
export function useStateCounts(training: string | undefined, filter: string): StateCounts | undefined {
  const { value, reload } = useResource(JSON.stringify([training, filter]), async (signal) => {
    const count = async (state: InstanceState): Promise<[InstanceState, number]> => {
      const query = { training, filter: `${filter} state=${state}`.trim(), sort: "id", columns: "id", limit: 1, cursor: undefined };
      return [state, (await loadRows(query, signal)).total];
    };
    const counts = Object.fromEntries(await Promise.all(STATES.map(count))) as Record<InstanceState, number>;
    return { ...counts, all: STATES.reduce((sum, state) => sum + counts[state], 0) };
  });
  useLiveRefetch((change) => change.facts === true && (training === undefined || change.training === training), reload, COUNT_INTERVAL_MS);
  return value;
}
