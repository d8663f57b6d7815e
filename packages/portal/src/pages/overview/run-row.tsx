import type { InstanceRow } from "ava-protocol";
import { memo, type ReactNode } from "react";
import { Link } from "wouter";
import { StateBadge } from "../../controls/state-badge.js";
import { useWords } from "../../words/use-words.js";
import { DurationCell, FieldCell, StartCell } from "./cells.js";
import { fieldParts, fieldTitle } from "./field-text.js";
import { Sparkline } from "./sparkline.js";
import type { RunActions } from "./use-run-actions.js";

/** What a row is told. */
export interface RunRowProps {
  row: InstanceRow;
  /** Place in the whole list, from 0. */
  index: number;
  columns: readonly string[];
  nowMs: number;
  isPicked: boolean;
  actions: RunActions;
}

/** One run; a click anywhere but on a value opens it. */
export const RunRow: React.NamedExoticComponent<RunRowProps> = memo(function RunRow(props: RunRowProps): ReactNode {
  const { row, index, columns, nowMs, isPicked, actions } = props;
  const words = useWords().overview;
  const { id, name = id, training, state } = row;
  const trend = columns.map(fieldParts).find((parts, i) => parts.kind === "metric" && row.values[columns[i]!] !== undefined);
  return (
    <tr data-instance={id} aria-rowindex={index + 2}>
      <td className="col-pick">
        <input type="checkbox" aria-label={words.pick(name)} checked={isPicked} onChange={() => actions.onPick([id], !isPicked)} />
      </td>
      <td className="col-state">
        <StateBadge state={state} />
      </td>
      <th scope="row" className="col-id">
        <Link href={`/instances/${encodeURIComponent(id)}`} className="row-link">
          {name}
        </Link>
        <span className="row-training">{name === id ? training : `${id} · ${training}`}</span>
      </th>
      <td className="col-trend">
        {trend?.kind === "metric" && (
          <Sparkline instance={id} name={trend.name} label={words.trendOf(trend.name)} value={String(row.values[`last:${trend.name}`])} />
        )}
      </td>
      {columns.map((field) => (
        <td
          key={field}
          className={fieldParts(field).kind === "metric" ? "col-metric" : "col-param"}
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
