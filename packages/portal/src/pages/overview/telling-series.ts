import type { SeriesSummary } from "ava-protocol";
import { splitMetricName } from "../../charts/metric-name.js";

/**
 * Picks the series that tells most about a run: its training loss, else any loss, else an accuracy, else the one with most points.
 *
 * @param series - of an instance
 * @returns the series; absent when there is none
 */
export function tellingSeries(series: readonly SeriesSummary[]): SeriesSummary | undefined {
  let best: SeriesSummary | undefined;
  let bestScore = -1;
  for (const summary of series) {
    const score = scoreOf(summary);
    if (score > bestScore || (score === bestScore && summary.count > best!.count)) {
      best = summary;
      bestScore = score;
    }
  }
  return best;
}

function scoreOf({ name, labels }: SeriesSummary): number {
  const { base, phase } = splitMetricName(name);
  const kind = base === "loss" ? 30 : /loss$/i.test(base) ? 20 : /acc(uracy)?$/i.test(base) ? 10 : 0;
  const isTraining = phase === undefined || phase === "train";
  return kind + (isTraining ? 2 : 0) + (Object.keys(labels).length === 0 ? 1 : 0);
}
