import { type SeriesSummary, seriesKey } from "ava-protocol";
import { type ChartLine, type ChartSection, groupSeries, isConsoleTwin } from "./group-series.js";

/** A run with its series. */
export interface ComparedRun {
  id: string;
  name?: string;
  series: readonly SeriesSummary[];
  /** Place in the palette. */
  slot: number;
}

/** Runs that are drawn as one line. */
export interface RunGroup {
  /** Identity of the group on its page. */
  key: string;
  title: string;
  /** Ids. */
  runs: readonly string[];
  /** Place in the palette. */
  slot: number;
}

/**
 * @param run - id of a run, or key of a group
 * @param series - key of one of its series
 * @returns identity of the line among those of several runs
 */
export function runLineKey(run: string, series: string): string {
  return `${run} ${series}`;
}

/**
 * Puts one series of several runs on one chart, a line for each run in the run's own colour.
 *
 * @param runs - in the order of the lines
 * @param search - among the keys of series, see `readMetricSearch`; empty for all
 * @param grouped - groups that are drawn instead of their runs
 * @returns the sections in the order of the page
 */
export function groupRuns(runs: readonly ComparedRun[], search: string, grouped?: readonly RunGroup[]): ChartSection[] {
  const own = runs.map(({ series }) => new Map(series.map((one) => [seriesKey(one.name, one.labels), one])));
  const summaries = new Map(own.flatMap((series) => [...series]));
  return groupSeries("", [...summaries.values()], search).map(({ prefix, groups }) => ({
    prefix,
    groups: groups.flatMap(({ lines: ofMetric }) =>
      ofMetric.flatMap(({ key }) => {
        const lines = runs.flatMap(({ id, name = id, slot }, i): ChartLine[] => {
          const summary = own[i]!.get(key);
          return summary === undefined || isConsoleTwin(summary, own[i]!)
            ? []
            : [{ key: runLineKey(id, key), instance: id, title: name, summary, colorIndex: slot }];
        });
        const bands = grouped?.flatMap((group) => {
          const keys = lines.flatMap((line) => (group.runs.includes(line.instance) ? [line.key] : []));
          return keys.length === 0 ? [] : [{ key: runLineKey(group.key, key), title: group.title, colorIndex: group.slot, lines: keys }];
        });
        if (lines.length === 0) return [];
        return { base: key, lines, isOfRuns: true, ...(bands === undefined ? {} : { bands }) };
      }),
    ),
  }));
}
