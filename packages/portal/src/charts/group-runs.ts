import { type SeriesSummary, seriesKey } from "ava-protocol";
import { type ChartSection, groupSeries } from "./group-series.js";

/** A run with its series. */
export interface ComparedRun {
  id: string;
  name?: string;
  series: readonly SeriesSummary[];
}

/**
 * @param run - id of a run
 * @param series - key of one of its series
 * @returns identity of the line among those of several runs
 */
export function runLineKey(run: string, series: string): string {
  return `${run} ${series}`;
}

/**
 * Puts one series of several runs on one chart, a line for each run in the run's own colour.
 *
 * @param runs - in the order of their colours
 * @param search - among the keys of series, see `readMetricSearch`; empty for all
 * @returns the sections in the order of the page
 */
export function groupRuns(runs: readonly ComparedRun[], search: string): ChartSection[] {
  const own = runs.map(({ series }) => new Map(series.map((one) => [seriesKey(one.name, one.labels), one])));
  const summaries = new Map(own.flatMap((series) => [...series]));
  return groupSeries("", [...summaries.values()], search).map(({ prefix, groups }) => ({
    prefix,
    groups: groups.flatMap(({ lines }) =>
      lines.map(({ key }) => ({
        base: key,
        lines: runs.flatMap(({ id, name = id }, colorIndex) => {
          const summary = own[colorIndex]!.get(key);
          return summary === undefined ? [] : [{ key: runLineKey(id, key), instance: id, title: name, summary, colorIndex }];
        }),
      })),
    ),
  }));
}
