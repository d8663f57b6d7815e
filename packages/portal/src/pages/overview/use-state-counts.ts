import type { InstanceState } from "ava-protocol";
import { loadGroups } from "../../api/groups.js";
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
 * @returns the counts, anew when facts of a run changed, and what counts at once
 */
export function useStateCounts(training: string | undefined, filter: string): { counts: StateCounts | undefined; recount: () => void } {
  const { value, reload } = useResource(JSON.stringify([training, filter]), async (signal) => {
    // One question: each looks at all runs.
    const { groups } = await loadGroups({ training, filter, group: "state", columns: "", sort: undefined }, signal);
    const counts = Object.fromEntries(STATES.map((state) => [state, groups.find(({ values }) => values["state"] === state)?.count ?? 0]));
    return { ...(counts as Record<InstanceState, number>), all: groups.reduce((sum, { count }) => sum + count, 0) };
  });
  useLiveRefetch((change) => change.facts === true && (training === undefined || change.training === training), reload, COUNT_INTERVAL_MS);
  return { counts: value, recount: reload };
}
