import { type SeriesId, type SeriesSummary, seriesKey } from "ava-protocol";
import { type Phase, splitMetricName } from "./metric-name.js";
import { readMetricSearch } from "./metric-search.js";
import type { RunBand } from "./run-band.js";

/** One line of a chart. */
export interface ChartLine {
  /** Identity of the line on its page: of the series, see `seriesKey`, and where there are several runs of the run as well. */
  key: string;
  /** Id of the run. */
  instance: string;
  /** Words of the legend. */
  title: string;
  summary: SeriesSummary;
  /** Place in the palette; a line keeps it however the others are shown or hidden. */
  colorIndex: number;
}

/** The lines that share a chart because they are one metric. */
export interface ChartGroup {
  base: string;
  lines: ChartLine[];
  /** So many of its last lines say what other lines say: they are drawn when all lines are asked for. */
  folded?: number;
  /** Its lines are runs: a table beside the charts names them, and has room for more. */
  isOfRuns?: boolean;
  /** Lines that are drawn as one, if any: then no others are drawn. */
  bands?: readonly RunBand[];
}

/**
 * @param instance - id of a run
 * @param series - its summaries
 * @returns a line for each
 */
export function linesOf(instance: string, series: readonly SeriesSummary[]): ChartLine[] {
  return series.map((summary, colorIndex) => {
    const key = seriesKey(summary.name, summary.labels);
    return { key, instance, title: key, summary, colorIndex };
  });
}

/** Charts under one heading; the heading of metrics without a folder is empty. */
export interface ChartSection {
  prefix: string;
  groups: ChartGroup[];
}

/** So many folders that differ in a number alone (`layer0`, `layer1`, ...) share a heading. */
const FEWEST_NUMBERED = 4;

const PHASE_ORDER: readonly (Phase | undefined)[] = [undefined, "train", "val", "test"];
const naturally = new Intl.Collator("en", { numeric: true });

/**
 * Puts every series on a chart: train, val and test of one metric together, label sets as lines of their own, charts under the first folder
 * of their name (`layer0` to `layer47` under `layer*`), losses before everything else.
 *
 * @param instance - id of the run
 * @param series - its summaries
 * @param search - among the series' keys, see `readMetricSearch`; empty for all series
 * @returns the sections in the order of the page
 */
export function groupSeries(instance: string, series: readonly SeriesSummary[], search = ""): ChartSection[] {
  const { matches } = readMetricSearch(search);
  const groups = new Map<string, { phase: Phase | undefined; key: string; summary: SeriesSummary }[]>();
  for (const summary of series) {
    const { base, phase } = splitMetricName(summary.name);
    const lines = groups.get(base) ?? [];
    lines.push({ phase, key: seriesKey(summary.name, summary.labels), summary });
    groups.set(base, lines);
  }
  const headingOf = numberedHeadings(groups.keys());
  const sections = new Map<string, ChartGroup[]>();
  for (const [base, lines] of groups) {
    const keys = new Set(lines.map(({ key }) => key));
    const isTwin = ({ summary }: { summary: SeriesSummary }): boolean => isConsoleTwin(summary, keys);
    lines.sort(
      (a, b) =>
        Number(isTwin(a)) - Number(isTwin(b)) ||
        PHASE_ORDER.indexOf(a.phase) - PHASE_ORDER.indexOf(b.phase) ||
        naturally.compare(a.key, b.key),
    );
    const hasOneName = lines.length > 1 && lines.every(({ summary }) => summary.name === lines[0]!.summary.name);
    const shown = lines
      .map((line, colorIndex) => ({
        key: line.key,
        instance,
        title: lineTitle(line.summary, hasOneName),
        summary: line.summary,
        colorIndex,
      }))
      .filter((line) => matches(line.key));
    if (shown.length === 0) continue;
    const prefix = headingOf(folderOf(base));
    const section = sections.get(prefix) ?? [];
    const folded = shown.filter(isTwin).length;
    section.push({ base, lines: shown, ...(folded === 0 || folded === shown.length ? {} : { folded }) });
    sections.set(prefix, section);
  }
  return [...sections]
    .map(([prefix, charts]) => ({ prefix, groups: charts.sort((a, b) => byTelling(a.base, b.base)) }))
    .sort((a, b) => naturally.compare(a.prefix, b.prefix));
}

/**
 * Whether a series was read from the output of a run whose client tells the same metric itself.
 *
 * @param series - name and labels
 * @param keys - of all series of the run
 */
export function isConsoleTwin({ name, labels }: SeriesId, keys: { has: (key: string) => boolean }): boolean {
  const { source, ...others } = labels;
  return source === "console" && keys.has(seriesKey(name, others));
}

function byTelling(a: string, b: string): number {
  return rank(a) - rank(b) || naturally.compare(a, b);
}

function rank(base: string): number {
  if (/loss$/i.test(base)) return 0;
  return /acc(uracy)?$|f1$|auc$|map$|bleu$/i.test(base) ? 1 : 2;
}

/** The name is in the chart's head: lines that share it are told apart by their labels alone. */
function lineTitle(summary: SeriesSummary, isNameKnown: boolean): string {
  const labels = Object.entries(summary.labels).map(([name, value]) => `${name}=${value}`);
  if (labels.length === 0) return summary.name;
  return (isNameKnown ? labels : [summary.name, ...labels]).join(" ");
}

function folderOf(base: string): string {
  return base.includes("/") ? base.slice(0, base.indexOf("/")) : "";
}

function numberedHeadings(bases: Iterable<string>): (folder: string) => string {
  const stemOf = (folder: string): string => folder.replace(/\d+$/, "");
  const folders = new Map<string, Set<string>>();
  for (const base of bases) {
    const folder = folderOf(base);
    const stem = stemOf(folder);
    folders.set(stem, (folders.get(stem) ?? new Set()).add(folder));
  }
  return (folder) => (folders.get(stemOf(folder))!.size >= FEWEST_NUMBERED ? `${stemOf(folder)}*` : folder);
}
