import { useEffect } from "react";
import { type OverviewView, RUNS_SHOWS } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";

/**
 * The keys 1, 2 and 3 show the runs as table, charts and params, unless the reader is typing.
 *
 * @param change - of the view
 */
export function useShowKeys(change: ChangeView<OverviewView>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, dialog") !== null;
      const show = RUNS_SHOWS[Number(event.key) - 1];
      if (show === undefined || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      change({ show }, "push");
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [change]);
}
