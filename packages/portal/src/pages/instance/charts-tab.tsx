import type { InstanceDetail } from "ava-protocol";
import { type ReactNode, useMemo } from "react";
import { Chart } from "../../charts/chart.js";
import { groupSeries } from "../../charts/group-series.js";
import { Message } from "../../controls/message.js";
import type { InstanceView } from "../../view-state/instance-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartControls } from "./chart-controls.js";

/** Nanoseconds in a millisecond. */
const NS_PER_MS = 1_000_000n;

/**
 * Charts of every series of an instance, under the folders of their names.
 *
 * @param props - the instance and the view
 * @returns the element
 */
export function ChartsTab(props: { instance: InstanceDetail; view: InstanceView; change: ChangeView<InstanceView> }): ReactNode {
  const { instance, view, change } = props;
  const words = useWords().charts;
  const sections = useMemo(() => groupSeries(instance.series, view.metrics), [instance.series, view.metrics]);
  if (instance.series.length === 0) return <Message title={words.noMetrics} text={words.noMetricsText} />;
  return (
    <>
      <ChartControls view={view} change={change} />
      {sections.length === 0 && <Message title={words.nothingFound} />}
      {sections.map(({ prefix, groups }) => (
        <section key={prefix} className="chart-section">
          {(prefix !== "" || sections.length > 1) && (
            <h2>
              {prefix === "" ? words.metrics : prefix} <span className="count">{groups.length}</span>
            </h2>
          )}
          <div className="chart-grid">
            {groups.map((group) => (
              <Chart key={group.base} instance={instance.id} startMs={startMsOf(instance)} group={group} view={view} change={change} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

/** Origin of relative time: the recorded start, else the first point. */
function startMsOf(instance: InstanceDetail): number {
  if (instance.startTime !== undefined) return Date.parse(instance.startTime);
  const firstNs = instance.series.map((series) => BigInt(series.firstTimeNs)).reduce((least, time) => (time < least ? time : least));
  return Number(firstNs / NS_PER_MS);
}
