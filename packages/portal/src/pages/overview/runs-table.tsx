import type { InstanceRow } from "ava-protocol";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { OverviewView } from "../../view-state/overview-view.js";
import { useWords } from "../../words/use-words.js";
import { fieldParts, fieldTitle } from "./field-text.js";
import type { RunPages } from "./run-pages.js";
import { RunRow } from "./run-row.js";
import { useAnchoredScroll } from "./use-anchored-scroll.js";
import { useRowKeys } from "./use-row-keys.js";
import { useRowsInView } from "./use-rows-in-view.js";
import type { RunActions } from "./use-run-actions.js";

/** Height of a row before one was measured, in CSS pixels. */
const ROW_PX = 44;

/** What the table is told. */
export interface RunsTableProps {
  /** In order, as far as they were read. */
  rows: readonly InstanceRow[];
  /** In all. */
  total: number;
  columns: readonly string[];
  view: OverviewView;
  nowMs: number;
  /** Is told what is in view. */
  pages: RunPages | undefined;
  /** Rows that stand first. */
  pinned: readonly InstanceRow[];
  actions: RunActions;
  onEdit: (row: InstanceRow) => void;
  onDelete: (ids: string[]) => void;
}

/**
 * The runs, sortable by the headings; only rows in view are made. Keys are those of `useRowKeys`.
 *
 * @param props - see {@link RunsTableProps}
 * @returns the element
 */
export function RunsTable(props: RunsTableProps): ReactNode {
  const { rows, total, columns, view, nowMs, pages, pinned, actions, onEdit, onDelete } = props;
  const { overview, runs } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const [rowPx, setRowPx] = useState(ROW_PX);
  const { seen, made } = useRowsInView(box, body, total, rowPx);
  const [from, to] = made;
  useEffect(() => pages?.want(from, to), [pages, from, to]);
  useLayoutEffect(() => {
    const heightPx = body.current?.querySelector("[data-instance]")?.getBoundingClientRect().height ?? 0;
    if (heightPx > 0 && Math.abs(heightPx - rowPx) > 0.5) setRowPx(heightPx);
  }, [rows, rowPx]);
  const empty = useMemo(
    () => new Set(rows.length === 0 ? [] : columns.filter((field) => rows.every(({ values }) => values[field] === undefined))),
    [rows, columns],
  );
  const smallPrint = (field: string, hint?: string): ReactNode => {
    const texts = [hint, empty.has(field) ? overview.noValues : undefined].filter((text) => text !== undefined);
    return (
      texts.length > 0 && (
        <small title={empty.has(field) ? overview.noValuesTitle(fieldTitle(field)) : undefined}>{texts.join(" · ")}</small>
      )
    );
  };
  const heading = (field: string, className: string, title: string, hint?: string): ReactNode => {
    const isUp = view.sort === field;
    const isDown = view.sort === `-${field}`;
    return (
      <th key={field} scope="col" className={className} aria-sort={isUp ? "ascending" : isDown ? "descending" : undefined}>
        <button
          type="button"
          title={overview.sortBy(hint === undefined ? title : `${title} (${hint})`)}
          onClick={() => actions.onSort(isUp ? `-${field}` : field)}
        >
          <span className="heading-name">{title}</span>
          {smallPrint(field, hint)}
          <span className="sort-mark" aria-hidden="true" />
        </button>
      </th>
    );
  };
  useAnchoredScroll(box, body, rows, rowPx);
  const picked = useMemo(() => new Set(view.picked.map(({ id }) => id)), [view.picked]);
  const { onPick, onKeyDown } = useRowKeys(rows, picked, actions, onEdit, onDelete);
  const inView = rows.slice(...seen).map(({ id }) => id);
  const areAllPicked = inView.length > 0 && inView.every((id) => picked.has(id));
  const runRow = (row: InstanceRow, index: number | undefined): ReactNode => (
    <RunRow
      key={row.id}
      {...{ row, columns, nowMs, actions, onPick, onEdit }}
      {...(index === undefined ? {} : { index })}
      isPicked={picked.has(row.id)}
      isPinned={view.pinned.includes(row.id)}
    />
  );
  const width = 6 + columns.length;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
    <div ref={box} className="card table-card" tabIndex={0} role="region" aria-label={overview.title}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move between the links in it */}
      <table className="instances" aria-rowcount={total + 1} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col" className="col-pick">
              <input
                type="checkbox"
                aria-label={runs.pickAll}
                title={runs.pickAll}
                checked={areAllPicked}
                onChange={() => actions.onPick(inView, !areAllPicked)}
              />
            </th>
            {heading("state", "col-state", overview.columns.state)}
            {heading("id", "col-id", overview.columns.id)}
            <th scope="col" className="col-trend">
              {overview.columns.trend}
            </th>
            {columns.map((field) => {
              const parts = fieldParts(field);
              if (parts.kind === "metric") return heading(field, "col-metric", parts.name, overview.figures[parts.figure]);
              if (parts.kind === "atBest")
                return (
                  <th key={field} scope="col" className="col-metric" title={fieldTitle(field)}>
                    <span className="heading-name">{parts.what}</span>
                    {smallPrint(field, `@ ${overview.figures[parts.figure]} ${parts.name}`)}
                  </th>
                );
              return heading(field, "col-param", parts.kind === "param" ? parts.path : parts.name);
            })}
            {heading("startTime", "col-start", overview.columns.start)}
            <th scope="col" className="col-duration">
              {overview.columns.duration}
            </th>
          </tr>
        </thead>
        {pinned.length > 0 && <tbody className="pinned-rows">{pinned.map((row) => runRow(row, undefined))}</tbody>}
        <tbody ref={body}>
          <Room rows={from} rowPx={rowPx} width={width} />
          {Array.from({ length: to - from }, (_, i) => {
            const row = rows[from + i];
            if (row === undefined) return <Room key={from + i} rows={1} rowPx={rowPx} width={width} />;
            return runRow(row, from + i);
          })}
          <Room rows={total - to} rowPx={rowPx} width={width} />
        </tbody>
      </table>
    </div>
  );
}

/** The place of rows that are not made. */
function Room(props: { rows: number; rowPx: number; width: number }): ReactNode {
  if (props.rows <= 0) return null;
  return (
    <tr aria-hidden="true" className="room">
      <td colSpan={props.width} style={{ height: props.rows * props.rowPx }} />
    </tr>
  );
}
