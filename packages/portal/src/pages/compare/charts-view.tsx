import { type ReactNode, useMemo } from "react";
import { groupRuns, type RunGroup } from "../../charts/group-runs.js";
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
  return (
    <>
      <ChartControls view={view} change={change} />
      <ChartSections sections={sections} growth={growth} view={view} change={change} scope="compare" />
    </>
  );
}
