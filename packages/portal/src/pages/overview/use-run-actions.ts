import { useMemo } from "react";
import { toggled } from "../../view-state/chart-view.js";
import type { OverviewView } from "../../view-state/overview-view.js";
import { pickRuns, unpickRuns } from "../../view-state/picked-runs.js";
import type { ChangeView } from "../../view-state/use-view.js";

/** What a row of the table can do to the view. */
export interface RunActions {
  onSort: (sort: string) => void;
  /** Adds a term to the filter. */
  onTerm: (term: string) => void;
  /** Picks runs, or takes the choice back. */
  onPick: (ids: readonly string[], isPicked: boolean) => void;
  /** Lets a run stand first, or not any more. */
  onPin: (id: string) => void;
  /** Shows the runs of a group, or not any more. */
  onUnfold: (filter: string) => void;
}

/**
 * @param change - of the view
 * @returns actions that stay the same, so that rows need not be made anew
 */
export function useRunActions(change: ChangeView<OverviewView>): RunActions {
  return useMemo(
    () => ({
      onSort: (sort) => change({ sort }),
      onTerm: (term) => change(({ terms }) => ({ terms: [...terms.filter((other) => other !== term), term] }), "push"),
      onPick: (ids, isPicked) => change(({ picked }) => ({ picked: isPicked ? pickRuns(picked, ids) : unpickRuns(picked, ids) })),
      onPin: (id) => change(({ pinned }) => ({ pinned: toggled(pinned, id) })),
      onUnfold: (filter) => change(({ unfolded }) => ({ unfolded: toggled(unfolded, filter) })),
    }),
    [change],
  );
}
