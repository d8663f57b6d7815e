import type { InstanceState } from "ava-protocol";
import type { ReactNode } from "react";
import { SearchField } from "../../controls/search-field.js";
import { Segmented } from "../../controls/segmented.js";
import { type OverviewView, STATES } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";

/**
 * Search and state filter, each state with its number.
 *
 * @param props - the view, how to change it, instances by state
 * @returns the element
 */
export function Filters(props: {
  view: OverviewView;
  change: ChangeView<OverviewView>;
  counts: ReadonlyMap<InstanceState, number>;
}): ReactNode {
  const { view, change, counts } = props;
  const words = useWords();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const withCount = (word: string, count: number): ReactNode => (
    <>
      {word} <span className="count">{count}</span>
    </>
  );
  return (
    <div className="toolbar">
      <SearchField
        label={words.overview.search}
        hint={words.overview.searchHint}
        value={view.search}
        onChange={(search) => change({ search })}
        hasHotkey
      />
      <Segmented<InstanceState | "all">
        label={words.overview.columns.state}
        value={view.state ?? "all"}
        onChange={(state) => change({ state: state === "all" ? undefined : state })}
        choices={[
          { value: "all", content: withCount(words.overview.allStates, total) },
          ...STATES.map((state) => ({ value: state, content: withCount(words.states[state], counts.get(state) ?? 0) })),
        ]}
      />
    </div>
  );
}
