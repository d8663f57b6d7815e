import { type ReactNode, useEffect, useMemo } from "react";
import { groupRuns } from "../../charts/group-runs.js";
import { Loading } from "../../controls/loading.js";
import { Message } from "../../controls/message.js";
import { readCompareView, writeCompareView } from "../../view-state/compare-view.js";
import { useView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";
import { ChartControls } from "../instance/chart-controls.js";
import { ChartSections } from "../instance/chart-sections.js";
import { RunsDiff } from "./runs-diff.js";
import { useCompared } from "./use-compared.js";

/** @returns several runs beside each other: the params in which they differ, and each series of all in one chart */
export function ComparePage(): ReactNode {
  const words = useWords();
  const [view, change] = useView(readCompareView, writeCompareView);
  const { compared, growth } = useCompared(view.runs);
  const sections = useMemo(() => groupRuns(compared?.runs ?? [], view.metrics), [compared, view.metrics]);
  const title = words.compare.title(view.runs.length);
  useEffect(() => {
    document.title = `${title} · AVA`;
  }, [title]);
  if (view.runs.length === 0) return <Message isPage title={words.compare.none} text={words.compare.noneText} />;
  if (compared === undefined) return <Loading title={title} />;
  return (
    <>
      <div className="page-head">
        <h1>{title}</h1>
      </div>
      {compared.failed.map((text) => (
        <Message key={text} isAlarm title={words.common.failed(text)} />
      ))}
      <RunsDiff runs={compared.runs} onRemove={(id) => change({ runs: view.runs.filter((other) => other !== id) })} />
      <ChartControls view={view} change={change} />
      <ChartSections sections={sections} growth={growth} view={view} change={change} scope="compare" />
    </>
  );
}
