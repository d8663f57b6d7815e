import type { InstanceRow } from "ava-protocol";
import { memo, type ReactNode } from "react";
import { Link } from "wouter";
import { IconButton } from "../../controls/icon-button.js";
import { StateBadge } from "../../controls/state-badge.js";
import { useWords } from "../../words/use-words.js";
import { DurationCell, FieldCell, StartCell } from "./cells.js";
import { fieldParts, fieldTitle } from "./field-text.js";
import { RowTags } from "./row-tags.js";
import { Sparkline } from "./sparkline.js";
import type { RunActions } from "./use-run-actions.js";

/** What a row is told. */
export interface RunRowProps {
  row: InstanceRow;
  /** Place in the whole list, from 0; absent in a row that is pinned. */
  index?: number;
  columns: readonly string[];
  nowMs: number;
  isPicked: boolean;
  isPinned: boolean;
  actions: RunActions;
  /** Picks the row, or takes the choice back; with a range all rows from the one that was picked last. */
  onPick: (row: InstanceRow, index: number | undefined, isPicked: boolean, isRange: boolean) => void;
  onEdit: (row: InstanceRow) => void;
}

/** One run; a click anywhere but on a value opens it. */
export const RunRow: React.NamedExoticComponent<RunRowProps> = memo(function RunRow(props: RunRowProps): ReactNode {
  const { row, index, columns, nowMs, isPicked, isPinned, actions, onPick, onEdit } = props;
  const words = useWords();
  const { id, name = id, training, state } = row;
  const trend = columns.map(fieldParts).find((parts, i) => parts.kind === "metric" && row.values[columns[i]!] !== undefined);
  return (
    <tr data-instance={id} data-picked={isPicked} aria-rowindex={index === undefined ? undefined : index + 2}>
      <td className="col-pick">
        <input
          type="checkbox"
          aria-label={words.overview.pick(name)}
          checked={isPicked}
          onChange={(event) => onPick(row, index, !isPicked, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </td>
      <td className="col-state">
        <StateBadge state={state} />
      </td>
      <th scope="row" className="col-id">
        <span className="row-name">
          <Link href={`/instances/${encodeURIComponent(id)}`} className="row-link">
            {name}
          </Link>
          <span className="row-tools">
            <IconButton icon="edit" label={words.runs.editRemarks(name)} onClick={() => onEdit(row)} />
            <IconButton
              icon={isPinned ? "unpin" : "pin"}
              label={isPinned ? words.runs.unpin(name) : words.runs.pin(name)}
              onClick={() => actions.onPin(id)}
            />
          </span>
        </span>
        <span className="row-training">
          <span className="row-place">{name === id ? training : `${id} · ${training}`}</span>
          <RowTags row={row} onTerm={actions.onTerm} />
        </span>
      </th>
      <td className="col-trend">
        {trend?.kind === "metric" && (
          <Sparkline
            instance={id}
            name={trend.name}
            label={words.overview.trendOf(trend.name)}
            value={String(row.values[`last:${trend.name}`])}
          />
        )}
      </td>
      {columns.map((field) => (
        <td
          key={field}
          className={/^(metric|atBest)$/.test(fieldParts(field).kind) ? "col-metric" : "col-param"}
          data-field={field}
          data-title={fieldTitle(field)}
        >
          <FieldCell row={row} field={field} onTerm={actions.onTerm} />
        </td>
      ))}
      <td className="col-start">
        <StartCell row={row} nowMs={nowMs} />
      </td>
      <td className="col-duration">
        <DurationCell row={row} nowMs={nowMs} />
      </td>
    </tr>
  );
});
