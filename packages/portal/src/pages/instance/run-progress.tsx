import type { InstanceDetail } from "ava-protocol";
import type { ReactNode } from "react";
import { loadPoints } from "../../api/points.js";
import { useResource } from "../../api/use-resource.js";
import { useEvery } from "../../live/use-every.js";
import { formatCount, formatValue } from "../../words/format-number.js";
import { formatDuration } from "../../words/format-time.js";
import { useWords } from "../../words/use-words.js";
import { longestSeries } from "./longest-series.js";
import { progressOf } from "./progress.js";

/** How often the progress is asked for, in milliseconds. */
const FRESH_MS = 5000;
/** Points that the rate is of. */
const RECENT = 200;

/**
 * How far a run has come: epoch, batch, and the time that is left at its own rate.
 *
 * @param props - the instance, which runs
 * @returns the element; nothing before its first point
 */
export function RunProgress({ instance }: { instance: InstanceDetail }): ReactNode {
  const words = useWords().instance;
  const { id, series } = instance;
  // A validation each epoch says little about batches: the series with the most points does.
  const longest = longestSeries(series);
  const { value, reload } = useResource(JSON.stringify([id, longest?.name, longest?.labels]), async (signal) => {
    if (longest === undefined) return [];
    const { name, labels } = longest;
    return (await loadPoints(id, { name, labels, x: "step", from: undefined, to: undefined, limit: RECENT }, signal)).points;
  });
  useEvery(FRESH_MS, longest !== undefined, reload);
  const progress = value && progressOf(instance, value);
  if (progress === undefined) return null;
  const { step, epoch, batch, totalEpochs, totalSteps, stepsPerSecond, leftMs } = progress;
  const parts = [
    ...(epoch === undefined
      ? []
      : [totalEpochs === undefined ? words.epoch(formatValue(epoch)) : words.epochOf(formatValue(epoch + 1), formatValue(totalEpochs))]),
    ...(batch === undefined ? [] : [words.batchOf(formatValue(batch.at), formatCount(batch.of))]),
    totalSteps === undefined ? words.step(formatValue(step)) : words.stepOf(formatValue(step), formatValue(totalSteps)),
    ...(stepsPerSecond === undefined ? [] : [words.rate(formatValue(Number(stepsPerSecond.toPrecision(3))))]),
    ...(leftMs === undefined ? [] : [words.left(formatDuration(leftMs))]),
  ];
  return (
    <div className="run-progress" data-progress="">
      {totalSteps !== undefined && <progress value={Math.min(step / totalSteps, 1)} aria-label={words.progress} />}
      <span>{parts.join(" · ")}</span>
    </div>
  );
}
