import type { GroupRow } from "ava-protocol";
import { type ReactNode, useState } from "react";
import { loadGroups } from "../../api/groups.js";
import { ApiError } from "../../api/request.js";
import { useResource } from "../../api/use-resource.js";
import { Loading } from "../../controls/loading.js";
import { useLiveRefetch } from "../../live/use-live.js";
import type { OverviewView } from "../../view-state/overview-view.js";
import { useWords } from "../../words/use-words.js";
import { fieldParts, fieldTitle } from "./field-text.js";
import { GroupLine } from "./group-line.js";
import { ListError } from "./list-error.js";
import type { RunActions } from "./use-run-actions.js";

/** Shortest time between two questions for groups: each looks at all runs. */
const GROUPS_INTERVAL_MS = 5000;
/** Groups shown before the reader asks for more. */
const FIRST_GROUPS = 200;

/**
 * The runs in groups that have the same in some fields: how many, in which state, mean and spread of the metrics among the columns. A group shows its runs.
 *
 * @param props - the view, its filter as the platform reads it, the columns, actions
 * @returns the element
 */
export function GroupsTable(props: { view: OverviewView; filter: string; columns: readonly string[]; actions: RunActions }): ReactNode {
  const { view, filter, columns, actions } = props;
  const { training, group } = view;
  const words = useWords();
  const [most, setMost] = useState(FIRST_GROUPS);
  const metrics = columns.filter((column) => fieldParts(column).kind === "metric");
  const sortable = ["count", ...group, ...metrics];
  const sort = sortable.includes(view.sort.replace(/^-/, "")) ? view.sort : undefined;
  const query = { training, filter, group: group.join(","), columns: metrics.join(","), sort };
  const { value, error, reload } = useResource(JSON.stringify(query), (signal) => loadGroups(query, signal));
  useLiveRefetch((change) => training === undefined || change.training === training, reload, GROUPS_INTERVAL_MS);
  if (value === undefined) return error === undefined ? <Loading /> : <ListError error={error} onRetry={reload} />;
  const heading = (field: string, title: string, className: string): ReactNode => {
    const [isUp, isDown] = [sort === field, sort === `-${field}`];
    return (
      <th key={field} scope="col" className={className} aria-sort={isUp ? "ascending" : isDown ? "descending" : undefined}>
        <button type="button" title={words.overview.sortBy(title)} onClick={() => actions.onSort(isUp ? `-${field}` : field)}>
          <span className="heading-name">{title}</span>
          <span className="sort-mark" aria-hidden="true" />
        </button>
      </th>
    );
  };
  const picked = new Set(view.picked.map(({ id }) => id));
  const groups: readonly GroupRow[] = value.groups.slice(0, most);
  return (
    <>
      {error instanceof ApiError && <ListError error={error} onRetry={reload} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard */}
      <div className="card table-card" tabIndex={0} role="region" aria-label={words.runs.groups(value.total)}>
        <table className="instances groups">
          <thead>
            <tr>
              <td className="col-pick" />
              {group.map((field) => heading(field, fieldTitle(field), "col-param"))}
              {heading("count", words.runs.inGroup, "col-count")}
              {metrics.map((field) => {
                const parts = fieldParts(field);
                const figure = parts.kind === "metric" ? words.overview.figures[parts.figure] : "";
                return heading(field, `${fieldTitle(field)} ${figure}`, "col-spread");
              })}
            </tr>
          </thead>
          {groups.map((row) => (
            <GroupLine
              key={JSON.stringify(row.values)}
              {...{ row, group, metrics, picked, filter, training, actions }}
              isUnfolded={row.filter !== undefined && view.unfolded.includes(row.filter)}
            />
          ))}
        </table>
      </div>
      {value.total > most && (
        <button type="button" className="button button-more" onClick={() => setMost(most * 5)}>
          {words.runs.groups(value.total)}
        </button>
      )}
    </>
  );
}
