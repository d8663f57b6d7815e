import type { InstanceDetail } from "ava-protocol";
import type { ReactNode } from "react";
import { loadLogs } from "../../api/logs.js";
import { loadPoints } from "../../api/points.js";
import { useResource } from "../../api/use-resource.js";
import { useEvery } from "../../live/use-every.js";
import { plainText } from "../../log/plain-text.js";
import { formatStep, formatValue } from "../../words/format-number.js";
import { formatDuration } from "../../words/format-time.js";
import { useWords } from "../../words/use-words.js";
import { longestSeries } from "./longest-series.js";
import { progressOf, totalsOf } from "./progress.js";
import { toldProgress } from "./told-progress.js";

/** How often the progress is asked for, in milliseconds. */
const FRESH_MS = 5000;
/** Points that the rate is of. */
const RECENT = 200;
/** Lines of the log's end that are read for what it says of epochs. */
const LINES = 100;

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
  const { epochs, steps } = totalsOf(instance.paramsText);
  const hasEnd = steps !== undefined || (epochs !== undefined && instance.batchOfEpoch !== undefined);
  const { value, reload } = useResource(JSON.stringify([id, longest?.name, longest?.labels]), async (signal) => {
    if (longest === undefined) return undefined;
    const { name, labels } = longest;
    const { points } = await loadPoints(id, { name, labels, x: "step", from: undefined, to: undefined, limit: RECENT }, signal);
    // What no param says is often printed.
    const isTold = !hasEnd && instance.logBytes > 0;
    return { points, told: isTold ? toldProgress(plainText((await loadLogs(id, { tail: LINES }, signal)).text)) : undefined };
  });
  useEvery(FRESH_MS, longest !== undefined, reload);
  const progress = value && progressOf(instance, value.points, value.told);
  if (progress === undefined) return null;
  const { step, epoch, batch, totalEpochs, totalSteps, done, stepsPerSecond, leftMs } = progress;
  const parts = [
    ...(epoch === undefined
      ? []
      : [totalEpochs === undefined ? words.epoch(formatStep(epoch)) : words.epochOf(formatStep(epoch), formatStep(totalEpochs))]),
    ...(batch === undefined ? [] : [words.batchOf(formatStep(batch.at), formatStep(batch.of))]),
    totalSteps === undefined ? words.step(formatStep(step)) : words.stepOf(formatStep(step), formatStep(totalSteps)),
    ...(stepsPerSecond === undefined ? [] : [words.rate(formatValue(Number(stepsPerSecond.toPrecision(3))))]),
    ...(leftMs === undefined ? [] : [words.left(formatDuration(leftMs))]),
  ];
  return (
    <div className="run-progress" data-progress="">
      {done !== undefined && <progress value={done} aria-label={words.progress} />}
      <span>{parts.join(" · ")}</span>
    </div>
  );
}
