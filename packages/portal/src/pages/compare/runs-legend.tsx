import { Fragment, type ReactNode, useMemo } from "react";
import type { RunGroup } from "../../charts/group-runs.js";
import { tellingParams } from "../../params/telling.js";
import { useWords } from "../../words/use-words.js";
import { fieldTitle } from "../overview/field-text.js";
import { type ComparedFacts, figureOf } from "./compared-run.js";
import { GroupRow } from "./group-row.js";
import { type LegendActions, LegendRow } from "./legend-row.js";
import { bestField } from "./target.js";

/** What the table is told. */
export interface RunsLegendProps extends LegendActions {
  runs: readonly ComparedFacts[];
  groups: readonly RunGroup[] | undefined;
  /** Figure of a series that the runs are compared by. */
  target: string;
  /** Id of the run that the others are compared with. */
  base: string | undefined;
  /** Ids of runs whose lines are hidden. */
  hidden: readonly string[];
  /** It stays in view while charts are scrolled. */
  isBelowCharts: boolean;
}

/**
 * The runs in the colours of their lines: params that differ, the figure that they are compared by, and what it differs by from the base. A row sets its line
 * off from the others, hides it, and takes it out.
 *
 * @param props - see {@link RunsLegendProps}
 * @returns the element
 */
export function RunsLegend(props: RunsLegendProps): ReactNode {
  const { runs, groups, target, base, hidden, isBelowCharts, ...actions } = props;
  const words = useWords();
  const paths = useMemo(() => {
    const flat = runs.map(({ params }) => [...params].map(([path, value]) => ({ path, value })));
    return runs.length < 2 ? [] : tellingParams(flat);
  }, [runs]);
  const best = bestField(target);
  const baseRun = runs.find(({ id }) => id === base);
  const row = (run: ComparedFacts, slot: number | undefined, owner: string): ReactNode => (
    <LegendRow
      key={run.id}
      {...{ run, slot, owner, paths, target, best, baseRun, ...actions }}
      isHidden={hidden.includes(run.id)}
      isBase={run.id === base}
    />
  );
  const byId = new Map(runs.map((run) => [run.id, run]));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
    <div
      className={isBelowCharts ? "card legend-card legend-sticky" : "card legend-card"}
      tabIndex={0}
      role="region"
      aria-label={words.runs.legend}
    >
      <table className="runs-legend">
        <thead>
          <tr>
            <th scope="col">{words.overview.columns.id}</th>
            <th scope="col">{words.overview.columns.state}</th>
            {paths.map((path) => (
              <th key={path} scope="col">
                {path}
              </th>
            ))}
            <th scope="col" className="figure">
              {fieldTitle(target)} <small>{words.overview.figures.last}</small>
            </th>
            <th scope="col" className="figure">
              {words.runs.best}
            </th>
            {baseRun !== undefined && (
              <th scope="col" className="figure">
                {words.runs.delta}
              </th>
            )}
            <td />
          </tr>
        </thead>
        <tbody>
          {groups === undefined
            ? runs.map((run) => row(run, run.slot, run.id))
            : groups.map((group) => (
                <Fragment key={group.key}>
                  <GroupRow
                    group={group}
                    values={group.runs.flatMap((id) => figureOf(byId.get(id)!, target) ?? [])}
                    bests={group.runs.flatMap((id) => figureOf(byId.get(id)!, best) ?? [])}
                    params={paths.length}
                    hasBase={baseRun !== undefined}
                  />
                  {group.runs.map((id) => row(byId.get(id)!, undefined, group.key))}
                </Fragment>
              ))}
        </tbody>
      </table>
    </div>
  );
}
