import type { ReactNode } from "react";
import type { OverviewView } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";

/**
 * What can be done with the runs that are picked.
 *
 * @param props - the view and how to change it
 * @returns the element
 */
export function PickedBar(props: { view: OverviewView; change: ChangeView<OverviewView> }): ReactNode {
  const { view, change } = props;
  const { picked, show } = view;
  const words = useWords().overview;
  return (
    <div className="toolbar picked-bar">
      <span role="status">{words.picked(picked.length)}</span>
      {show === "table" && (
        <button type="button" className="button button-main" onClick={() => change({ show: "charts" }, "push")}>
          {words.compare(picked.length)}
        </button>
      )}
      <button type="button" className="button" onClick={() => change({ picked: [] })}>
        {words.clearPicked}
      </button>
    </div>
  );
}
