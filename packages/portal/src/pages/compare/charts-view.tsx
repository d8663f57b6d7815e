import { seriesKey } from "ava-protocol";
import { type ReactNode, useMemo } from "react";
import { groupRuns, type RunGroup, runLineKey } from "../../charts/group-runs.js";
import { linesOf } from "../../charts/group-series.js";
import type { Growth } from "../../charts/growth.js";
import type { ChartView } from "../../view-state/chart-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { ChartControls } from "../instance/chart-controls.js";
import { ChartSections } from "../instance/chart-sections.js";
import type { ComparedFacts } from "./compared-run.js";

/**
 * Each series of several runs in one chart: a line for each run, or for each group its mean with the band from the least to the greatest.
 *
 * @param props - the runs, their groups if they are grouped, how far their series have grown, how charts are read
 * @returns the element
 */
export function ChartsView(props: {
  runs: readonly ComparedFacts[];
  groups: readonly RunGroup[] | undefined;
  growth: Growth;
  view: ChartView;
  change: ChangeView<ChartView>;
}): ReactNode {
  const { runs, groups, growth, view, change } = props;
  const sections = useMemo(() => groupRuns(runs, view.metrics, groups), [runs, view.metrics, groups]);
  const series = useMemo(() => [...new Set(runs.flatMap((run) => run.series.map(({ name, labels }) => seriesKey(name, labels))))], [runs]);
  const xLines = useMemo(() => {
    if (view.xSeries === undefined) return undefined;
    const lines = runs.flatMap((run) => linesOf(run.id, run.series).filter(({ key }) => key === view.xSeries));
    return lines.map((line) => ({ ...line, key: runLineKey(line.instance, line.key) }));
  }, [runs, view.xSeries]);
  return (
    <>
      <ChartControls isMain={false} view={view} change={change} series={series} />
      <ChartSections sections={sections} growth={growth} view={view} change={change} scope="compare" xLines={xLines} />
    </>
  );
}
