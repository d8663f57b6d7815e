import type { InstanceRow } from "ava-protocol";
import { useMemo } from "react";
import type { OverviewView } from "../../view-state/overview-view.js";
import { MOST_PICKED, type PickedRun } from "../../view-state/picked-runs.js";

/** Runs that are compared where none is picked: more lines in one chart cannot be told apart, but for groups of them. */
const FIRST_RUNS = { table: 0, charts: 10, params: 100 } as const;

/**
 * @param view - with the runs that are picked
 * @param rows - of the table, as far as they were read
 * @returns the runs that are compared: those that are picked, else the first of the table
 */
export function useSelection({ picked, show, group }: OverviewView, rows: readonly InstanceRow[]): readonly PickedRun[] {
  const first = JSON.stringify(rows.slice(0, group.length > 0 ? MOST_PICKED : FIRST_RUNS[show]).map(({ id }) => id));
  // As text: rows come anew with each change of a run.
  return useMemo(() => (picked.length > 0 ? picked : (JSON.parse(first) as string[]).map((id, slot) => ({ id, slot }))), [picked, first]);
}
