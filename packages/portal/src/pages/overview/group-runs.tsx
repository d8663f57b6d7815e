import { fromWireNumber, type WireNumber } from "ava-protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { loadRows } from "../../api/instances.js";
import { useResource } from "../../api/use-resource.js";
import { metricUnit } from "../../charts/metric-name.js";
import { StateBadge } from "../../controls/state-badge.js";
import { formatQuantity } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "./field-text.js";
import type { RunActions } from "./use-run-actions.js";

/** Runs of a group that are shown: all that can be picked at once. */
const MOST_RUNS = 100;

/**
 * The runs of a group.
 *
 * @param props - filter that lets them through, terms that lead to them alone, columns, what is picked, actions
 * @returns rows of the table of groups
 */
export function GroupRuns(props: {
  filter: string;
  terms: readonly string[];
  training: string | undefined;
  title: string;
  metrics: readonly string[];
  picked: ReadonlySet<string>;
  actions: RunActions;
  /** Columns in front of the number. */
  before: number;
}): ReactNode {
  const { filter, terms, training, title, metrics, picked, actions, before } = props;
  const words = useWords();
  const query = { training, filter, sort: "-startTime", columns: metrics.join(",") || "id", limit: MOST_RUNS, cursor: undefined };
  const { value } = useResource(JSON.stringify(query), (signal) => loadRows(query, signal));
  if (value === undefined) return null;
  const ids = value.instances.map(({ id }) => id);
  const areAllPicked = ids.every((id) => picked.has(id));
  return (
    <>
      <tr className="group-run">
        <td className="col-pick">
          <input
            type="checkbox"
            aria-label={words.runs.pickGroup(title)}
            checked={areAllPicked}
            onChange={() => actions.onPick(ids, !areAllPicked)}
          />
        </td>
        <td colSpan={before + 1 + metrics.length}>{words.runs.pickGroup(title)}</td>
      </tr>
      {value.instances.map(({ id, name = id, state, values }) => (
        <tr key={id} className="group-run" data-instance={id}>
          <td className="col-pick">
            <input
              type="checkbox"
              aria-label={words.overview.pick(name)}
              checked={picked.has(id)}
              onChange={() => actions.onPick([id], !picked.has(id))}
            />
          </td>
          <th scope="row" colSpan={before}>
            <Link href={`/instances/${encodeURIComponent(id)}`}>{name}</Link>
          </th>
          <td>
            <StateBadge state={state} />
          </td>
          {metrics.map((field) => (
            <td key={field} className="col-spread">
              {values[field] === undefined
                ? "–"
                : formatQuantity(fromWireNumber(values[field] as WireNumber), metricUnit(fieldTitle(field)))}
            </td>
          ))}
        </tr>
      ))}
      {value.total > ids.length && (
        <tr className="group-run">
          <td />
          <td colSpan={before + 1 + metrics.length}>
            <button type="button" className="link-button" onClick={() => terms.forEach(actions.onTerm)}>
              {words.runs.moreInGroup(value.total - ids.length)}
            </button>
          </td>
        </tr>
      )}
    </>
  );
}
