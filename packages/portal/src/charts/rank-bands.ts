import type { ChartLine } from "./group-series.js";
import type { RunBand } from "./run-band.js";

/** Labels that tell workers of one training apart. */
const RANK = /^(.*[_-])?(rank|worker|replica|shard|node|host|device|gpu)([_-]id)?$/i;

/** Ranks up to which each one is a line of its own unless the reader says otherwise. */
export const MOST_RANK_LINES = 8;

/**
 * Finds lines that are one metric of several ranks: they can be drawn as their mean with a band from the least to the greatest.
 *
 * @param lines - of a chart
 * @param titleOf - words for so many ranks of a series
 * @returns a band for each series; `undefined` where no series has several ranks
 */
export function rankBands(lines: readonly ChartLine[], titleOf: (series: string, ranks: number) => string): RunBand[] | undefined {
  const groups = new Map<string, ChartLine[]>();
  for (const line of lines) {
    const { name, labels } = line.summary;
    const others = Object.entries(labels).filter(([label]) => !RANK.test(label));
    const key = [name, ...others.map(([label, value]) => `${label}=${value}`)].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  if (![...groups.values()].some((ranks) => ranks.length > 1)) return undefined;
  return [...groups].map(([series, ranks], i) => ({
    key: `${series} ranks`,
    title: ranks.length === 1 ? ranks[0]!.title : titleOf(series, ranks.length),
    colorIndex: i,
    lines: ranks.map(({ key }) => key),
  }));
}
