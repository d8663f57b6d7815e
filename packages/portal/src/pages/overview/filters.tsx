import type { InstanceState } from "ava-protocol";
import type { ReactNode } from "react";
import { tablePath } from "../../api/instances.js";
import { Segmented } from "../../controls/segmented.js";
import { type OverviewView, STATES } from "../../view-state/overview-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { formatCount } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { ColumnsMenu } from "./columns-menu.js";
import { FilterBox } from "./filter-box.js";
import { GroupMenu } from "./group-menu.js";
import type { Done } from "./use-bulk.js";
import type { Fields } from "./use-fields.js";
import type { StateCounts } from "./use-state-counts.js";
import { ViewsMenu } from "./views-menu.js";

/**
 * The filter, the states with their numbers, the choice of columns.
 *
 * @param props - the view, how to change it, runs by state that the filter lets through, what the runs have, the columns, the filter as the platform reads
 *   it, whether its last term is being written, who is told what was done
 * @returns the element
 */
export function Filters(props: {
  view: OverviewView;
  change: ChangeView<OverviewView>;
  counts: StateCounts | undefined;
  fields: Fields;
  columns: readonly string[];
  filter: string;
  isDraft: boolean;
  onDraft: (isDraft: boolean) => void;
  onDone: (done: Done) => void;
}): ReactNode {
  const { view, change, counts, fields, columns, filter, isDraft, onDraft, onDone } = props;
  const words = useWords();
  const withCount = (word: string, count: number | undefined): ReactNode => (
    <>
      {word} {count !== undefined && <span className="count">{formatCount(count)}</span>}
    </>
  );
  return (
    <div className="toolbar runs-toolbar">
      <FilterBox terms={view.terms} onTerms={(terms) => change({ terms })} known={fields} {...{ isDraft, onDraft }} />
      <Segmented<InstanceState | "all">
        label={words.overview.columns.state}
        value={view.state ?? "all"}
        onChange={(state) => change({ state: state === "all" ? undefined : state })}
        choices={[
          { value: "all", content: withCount(words.overview.allStates, counts?.all) },
          ...STATES.map((state) => ({ value: state, content: withCount(words.states[state], counts?.[state]) })),
        ]}
      />
      <div className="runs-menus">
        <GroupMenu group={view.group} onGroup={(group) => change({ group, unfolded: [] })} known={fields} />
        <ColumnsMenu columns={columns} onColumns={(next) => change({ columns: next })} known={fields} />
        <a
          className="button"
          href={tablePath({ training: view.training, filter, sort: view.sort, columns: columns.join(",") })}
          download
          title={words.runs.saveTable}
        >
          CSV
        </a>
        <ViewsMenu view={view} change={change} filter={filter} onDone={onDone} />
      </div>
    </div>
  );
}
