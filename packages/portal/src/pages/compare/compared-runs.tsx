import { type ReactNode, useCallback, useMemo } from "react";
import { useUntold } from "../../controls/away.js";
import { failureText } from "../../controls/failure-text.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { type ChartView, toggled } from "../../view-state/chart-view.js";
import type { OverviewView } from "../../view-state/overview-view.js";
import { type PickedRun, pickRuns, unpickRuns } from "../../view-state/picked-runs.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { metricField } from "../overview/field-text.js";
import type { Fields } from "../overview/use-fields.js";
import { ChartsView } from "./charts-view.js";
import { FieldSelect } from "./field-select.js";
import { ParamsView } from "./params-view.js";
import { runGroups } from "./run-groups.js";
import { RunsLegend } from "./runs-legend.js";
import { useCompared } from "./use-compared.js";

/**
 * The picked runs beside each other, as charts or as params, with the table that is their legend. Where none is picked they are the first of the table.
 *
 * @param props - the runs, how many there are in all, the view, what the runs have
 * @returns the element
 */
export function ComparedRuns(props: {
  runs: readonly PickedRun[];
  /** Ids of as many of the first of the table as can be compared. */
  firstIds: readonly string[];
  total: number;
  view: OverviewView;
  change: ChangeView<OverviewView>;
  fields: Fields;
}): ReactNode {
  const { view, change, fields, total, firstIds } = props;
  const words = useWords();
  const compared = useCompared(props.runs);
  const { runs, missing, growth, reload } = compared;
  const error = useUntold(compared.error);
  const isChosen = view.picked.length > 0;
  const groups = useMemo(
    () => (view.group.length === 0 || runs === undefined ? undefined : runGroups(runs, view.group)),
    [runs, view.group],
  );
  const metrics = useMemo(() => [...new Set(runs?.flatMap(({ series }) => series.map(({ name }) => name)))], [runs]);
  const target = view.target ?? fields.columns.find((field) => field.startsWith("last:")) ?? metricField("last", metrics[0] ?? "loss");
  const changeChart = useCallback<ChangeView<ChartView>>(
    (changed, how) => change(({ chart }) => ({ chart: { ...chart, ...(typeof changed === "function" ? changed(chart) : changed) } }), how),
    [change],
  );
  const { hidden } = view.chart;
  const onRemove = (id: string): void => change({ picked: unpickRuns(props.runs, [id]), ...(view.base === id ? { base: undefined } : {}) });
  if (runs === undefined) {
    if (error === undefined) return <Loading />;
    return (
      <Message isAlarm title={failureText(error, words.common)}>
        <button type="button" className="button" onClick={reload}>
          {words.common.retry}
        </button>
      </Message>
    );
  }
  if (runs.length === 0)
    return <Message title={words.runs.none} {...(missing.length > 0 ? { text: words.runs.missing(missing.join(", ")) } : {})} />;
  return (
    <>
      <div className="toolbar">
        <p className="page-facts">{isChosen ? words.runs.selected(runs.length) : words.runs.firstOf(runs.length, total)}</p>
        {!isChosen && firstIds.length > props.runs.length && (
          <button type="button" className="link-button" onClick={() => change({ picked: pickRuns([], firstIds) })}>
            {words.runs.pickFirst(firstIds.length)}
          </button>
        )}
        {isChosen && (
          <button type="button" className="link-button" onClick={() => change({ picked: [], base: undefined })}>
            {words.overview.clearPicked}
          </button>
        )}
        <FieldSelect label={words.runs.target} value={target} params={[]} metrics={metrics} onChange={(next) => change({ target: next })} />
        {missing.length > 0 && <p className="form-error">{words.runs.missing(missing.join(", "))}</p>}
      </div>
      {view.show === "charts" ? (
        <ChartsView runs={runs} groups={groups} growth={growth} view={view.chart} change={changeChart} />
      ) : (
        <ParamsView
          runs={runs}
          hasColors={isChosen}
          target={target}
          against={view.against}
          metrics={metrics}
          onAgainst={(against) => change({ against })}
          onTerms={(terms) => change({ terms: [...new Set([...view.terms, ...terms])] }, "push")}
        />
      )}
      <RunsLegend
        runs={runs}
        groups={groups}
        target={target}
        base={view.base}
        hidden={hidden}
        isBelowCharts={view.show === "charts"}
        onToggle={(id) => changeChart({ hidden: toggled(hidden, id) })}
        onBase={(base) => change({ base })}
        onRemove={onRemove}
      />
    </>
  );
}
