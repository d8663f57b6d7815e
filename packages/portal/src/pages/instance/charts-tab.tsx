import { type InstanceDetail, seriesKey } from "ava-protocol";
import { type ReactNode, useMemo } from "react";
import { groupSeries, linesOf } from "../../charts/group-series.js";
import type { Growth } from "../../charts/growth.js";
import { Message } from "../../controls/message.js";
import type { InstanceView } from "../../view-state/instance-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartControls } from "./chart-controls.js";
import { ChartSections } from "./chart-sections.js";
import { useMark } from "./use-mark.js";

/**
 * Charts of every series of an instance, under the folders of their names.
 *
 * @param props - the instance, how far its series have grown, the view
 * @returns the element
 */
export function ChartsTab(props: {
  instance: InstanceDetail;
  growth: Growth;
  view: InstanceView;
  change: ChangeView<InstanceView>;
}): ReactNode {
  const { instance, growth, view, change } = props;
  const words = useWords().charts;
  const sections = useMemo(() => groupSeries(instance.id, instance.series, view.metrics), [instance.id, instance.series, view.metrics]);
  const mark = useMark(instance, view.markMs);
  const series = useMemo(() => instance.series.map(({ name, labels }) => seriesKey(name, labels)), [instance.series]);
  const xLines = useMemo(
    () => (view.xSeries === undefined ? undefined : linesOf(instance.id, instance.series).filter(({ key }) => key === view.xSeries)),
    [instance.id, instance.series, view.xSeries],
  );
  if (instance.series.length === 0) return <Message title={words.noMetrics} text={words.noMetricsText} />;
  return (
    <>
      <ChartControls isMain view={view} change={change} series={series} />
      <ChartSections
        sections={sections}
        growth={growth}
        view={view}
        change={change}
        scope={`training.${instance.training}`}
        mark={mark}
        xLines={xLines}
      />
    </>
  );
}
