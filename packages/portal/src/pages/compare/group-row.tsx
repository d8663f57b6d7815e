import type { ReactNode } from "react";
import { emphasis } from "../../charts/emphasis.js";
import type { RunGroup } from "../../charts/group-runs.js";
import { formatValue } from "../../words/format-number.js";
import { useWords } from "../../words/use-words.js";
import { Swatch } from "./swatch.js";

/**
 * @param props - a group, its values of the figure that runs are compared by, and of the best one; how many params have columns, whether there is a base
 * @returns the row above the runs of the group
 */
export function GroupRow(props: {
  group: RunGroup;
  values: readonly number[];
  bests: readonly number[];
  params: number;
  hasBase: boolean;
}): ReactNode {
  const { group, values, bests, params, hasBase } = props;
  const words = useWords().runs;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the pointer alone: the runs below have the keyboard's way
    <tr
      className="group-row"
      data-group={group.title}
      onMouseEnter={() => emphasis.set(group.key)}
      onMouseLeave={() => emphasis.set(undefined)}
    >
      <th scope="rowgroup" colSpan={2 + params}>
        <Swatch slot={group.slot} /> {group.title} <span className="count">{words.groupSize(group.runs.length)}</span>
      </th>
      <td className="figure">{spreadText(values)}</td>
      <td className="figure">{spreadText(bests)}</td>
      {hasBase && <td />}
      <td />
    </tr>
  );
}

/** Mean and half of the distance between least and greatest. */
function spreadText(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return "–";
  const mean = formatValue(finite.reduce((sum, value) => sum + value, 0) / finite.length);
  if (finite.length === 1) return mean;
  return `${mean} [${formatValue(Math.min(...finite))} … ${formatValue(Math.max(...finite))}]`;
}
