import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { type KeyboardEvent, type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { StateBadge } from "../../controls/state-badge.js";
import { tellingParams } from "../../params/flatten.js";
import type { OverviewView, SortColumn } from "../../view-state/overview-view.js";
import { useWords } from "../../words/use-words.js";
import { DurationCell, MetricCell, ParamsCell, StartCell, TrendCell } from "./cells.js";
import type { InstanceRow } from "./instance-row.js";

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, InstanceRow>();
const byText = { sortFn: sortFn_alphanumeric, sortDescFirst: false } as const;
const byNumber = { sortFn: sortFn_basic, sortUndefined: "last", sortDescFirst: true } as const;
const sortColumns = helper.columns([
  helper.accessor("stateRank", { id: "state", sortFn: sortFn_basic, sortDescFirst: false }),
  helper.accessor((row) => row.name ?? row.id, { id: "id", ...byText }),
  helper.accessor("metricValue", { id: "metric", ...byNumber, sortDescFirst: false }),
  helper.accessor("startMs", { id: "start", ...byNumber }),
  helper.accessor("durationMs", { id: "duration", ...byNumber }),
]);

/** Params shown in a row, those that tell the rows apart most. */
const MOST_PARAMS = 4;

/**
 * The instances, sortable by their headings; the arrow keys go from row to row.
 *
 * @param props - the rows, the time, the view with its sorting
 * @returns the element
 */
export function InstanceTable(props: {
  rows: InstanceRow[];
  nowMs: number;
  view: OverviewView;
  onSort: (sort: OverviewView["sort"]) => void;
}): ReactNode {
  const { rows, nowMs, view, onSort } = props;
  const { overview } = useWords();
  const sorting = useMemo(() => [{ id: view.sort.column, desc: view.sort.isDescending }], [view.sort.column, view.sort.isDescending]);
  const table = useTable({ features, columns: sortColumns, data: rows, state: { sorting }, getRowId: (row) => row.id });
  const telling = useMemo(() => tellingParams(rows.map((row) => row.params)).slice(0, MOST_PARAMS), [rows]);
  const heading = (column: SortColumn): ReactNode => {
    const isSorted = view.sort.column === column;
    const isFirstDescending = table.getColumn(column)?.getFirstSortDir() === "desc";
    return (
      <th scope="col" className={`col-${column}`} aria-sort={isSorted ? (view.sort.isDescending ? "descending" : "ascending") : undefined}>
        <button
          type="button"
          title={overview.sortBy(overview.columns[column])}
          onClick={() => onSort({ column, isDescending: isSorted ? !view.sort.isDescending : isFirstDescending })}
        >
          {overview.columns[column]}
          <span className="sort-mark" aria-hidden="true" />
        </button>
      </th>
    );
  };
  return (
    <table className="instances" onKeyDown={moveFocus}>
      <thead>
        <tr>
          {heading("state")}
          {heading("id")}
          {heading("metric")}
          <th scope="col" className="col-trend">
            {overview.columns.trend}
          </th>
          {heading("start")}
          {heading("duration")}
          <th scope="col" className="col-params">
            {overview.columns.params}
          </th>
        </tr>
      </thead>
      <tbody>
        {table.getRowModel().rows.map(({ original: row }) => (
          <tr key={row.id} data-instance={row.id}>
            <td className="col-state">
              <StateBadge state={row.state} />
            </td>
            <td className="col-id">
              <Link href={`/instances/${encodeURIComponent(row.id)}`} className="row-link">
                {row.name ?? row.id}
              </Link>
              <span className="row-training">{row.name === undefined ? row.training : `${row.id} · ${row.training}`}</span>
            </td>
            <td className="col-metric">
              <MetricCell row={row} nowMs={nowMs} />
            </td>
            <td className="col-trend">
              <TrendCell row={row} nowMs={nowMs} />
            </td>
            <td className="col-start">
              <StartCell row={row} nowMs={nowMs} />
            </td>
            <td className="col-duration">
              <DurationCell row={row} nowMs={nowMs} />
            </td>
            <td className="col-params">
              <ParamsCell row={row} telling={telling} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".row-link")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || next === undefined) return;
  next.focus();
  event.preventDefault();
}
