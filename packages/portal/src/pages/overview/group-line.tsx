import { fromWireNumber, type GroupFigures, type GroupRow, type InstanceState } from "ava-protocol";
import type { ReactNode } from "react";
import { metricUnit } from "../../charts/metric-name.js";
import { Icon } from "../../controls/icon.js";
import { STATES } from "../../view-state/overview-view.js";
import { formatCount, formatQuantity, type Unit } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "./field-text.js";
import { GroupRuns } from "./group-runs.js";
import { splitTerms, termText } from "./search-terms.js";
import type { RunActions } from "./use-run-actions.js";

/** What a group is told. */
export interface GroupLineProps {
  row: GroupRow;
  group: readonly string[];
  metrics: readonly string[];
  /** Ids of picked runs. */
  picked: ReadonlySet<string>;
  /** Of all groups. */
  filter: string;
  training: string | undefined;
  isUnfolded: boolean;
  actions: RunActions;
}

/**
 * @param props - see {@link GroupLineProps}
 * @returns the row of a group, and below it its runs where they are shown
 */
export function GroupLine(props: GroupLineProps): ReactNode {
  const { row, group, metrics, filter, training, picked, isUnfolded, actions } = props;
  const words = useWords();
  const { filter: own } = row;
  const values = group.map((field) => textOf(row.values[field]));
  const title = group.map((field, i) => `${fieldTitle(field)} ${values[i]}`).join(" · ");
  return (
    <tbody>
      <tr data-group={title}>
        <td className="col-pick">
          {own !== undefined && (
            <button
              type="button"
              className="fold"
              aria-expanded={isUnfolded}
              aria-label={words.runs.fold(title)}
              title={words.runs.fold(title)}
              onClick={() => actions.onUnfold(own)}
            >
              <Icon name="down" />
            </button>
          )}
        </td>
        {values.map((value, i) => (
          <th key={group[i]} scope="row" className="col-param">
            {value}
          </th>
        ))}
        <td className="col-count">
          {formatCount(row.count)} <GroupStates states={row.states} />
        </td>
        {metrics.map((field) => (
          <td key={field} className="col-spread">
            <Spread figures={row.metrics[field]} runs={row.count} unit={metricUnit(fieldTitle(field))} />
          </td>
        ))}
      </tr>
      {isUnfolded && own !== undefined && (
        <GroupRuns
          filter={[filter, own].filter(Boolean).join(" and ")}
          terms={splitTerms(own).map(termText)}
          {...{ training, metrics, picked, actions, title }}
          before={group.length}
        />
      )}
    </tbody>
  );
}

function GroupStates({ states }: { states: GroupRow["states"] }): ReactNode {
  const words = useWords().states;
  const told = STATES.filter((state: InstanceState) => state !== "done" && states[state] !== undefined);
  return <span className="faint">{told.map((state) => `${words[state]} ${states[state]}`).join(" · ")}</span>;
}

/** Mean, standard deviation, from where to where the values reach, and of how many runs they are where some have none, or NaN. */
function Spread({ figures, runs, unit }: { figures: GroupFigures | undefined; runs: number; unit: Unit }): ReactNode {
  const words = useWords().runs;
  if (figures?.mean === undefined) return <span className="faint">–</span>;
  const text = (value: number): string => formatQuantity(value, unit);
  const { count, mean, deviation, min, max } = figures;
  return (
    <>
      <span className="metric">{text(fromWireNumber(mean))}</span>
      {deviation !== undefined && ` ± ${text(fromWireNumber(deviation))}`}
      {min !== undefined && max !== undefined && min.value < max.value && (
        <span className="faint" title={`${min.instance} … ${max.instance}`}>
          {` [${text(min.value)} … ${text(max.value)}]`}
        </span>
      )}
      {count < runs && <span className="faint"> {words.ofRuns(count, runs)}</span>}
    </>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
}
