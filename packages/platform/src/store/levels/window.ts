import { type Labels, seriesKey } from "ava-protocol";
import { PlatformError } from "../../error.js";
import type { SeriesWindow, WindowAnswer, WindowColumns, WindowQuery } from "../contract/window.js";
import { axisExtent, type Buckets, bucketMeans, eachPoint, fillBuckets, type Window } from "./buckets.js";
import { nonFinitePoints } from "./non-finite.js";
import { findRewinds, segmentOf } from "./rewinds.js";
import type { ReadableSeries } from "./series.js";

/** The series of one instance, by key. */
export type SeriesMap = ReadonlyMap<string, ReadableSeries>;

/** Series that an error lists. */
const LISTED = 20;

/**
 * Finds the series that a name and some labels mean.
 *
 * @param labels - all labels, or as many as single it out; absent when the name alone should do
 * @throws PlatformError `not_found`; `ambiguous_series`, which lists the candidates
 */
export function findSeries(instance: string, all: SeriesMap, name: string, labels: Labels | undefined): ReadableSeries {
  const exact = labels && all.get(seriesKey(name, labels));
  if (exact !== undefined) return exact;
  const wanted = Object.entries(labels ?? {});
  const found = [...all.values()].filter(
    (series) => series.name === name && series.totals.count > 0 && wanted.every(([key, value]) => series.labels[key] === value),
  );
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new PlatformError("not_found", `Instance ${instance} has no series ${seriesKey(name, labels)}.`);
  const candidates = found.slice(0, LISTED).map((series) => series.key);
  const rest = found.length > LISTED ? ` and ${found.length - LISTED} more` : "";
  throw new PlatformError(
    "ambiguous_series",
    `${found.length} series are named ${name}: ${candidates.join(", ")}${rest}. Give their labels.`,
  );
}

/**
 * Answers a question of several: raw points where they are fewer than the buckets, else exact buckets.
 *
 * @param seriesOf - finds the series of an instance
 * @returns the answer, or why there is none
 */
export function answerWindow(seriesOf: (instance: string) => SeriesMap, query: WindowQuery): WindowAnswer {
  try {
    return readWindow(seriesOf(query.instance), query);
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}

/**
 * Answers a question for one series.
 *
 * @param all - series of the instance that is asked for
 * @throws PlatformError `not_found`, `ambiguous_series`, `bad_request`
 */
export function readWindow(all: SeriesMap, query: WindowQuery): SeriesWindow {
  const series = findSeries(query.instance, all, query.name, query.labels);
  const { name, labels, totals } = series;
  const answer = { name, labels, version: totals.count, axis: query.axis };
  if (totals.count === query.since) return answer;
  const asked = query.segment === undefined ? series : segmentOf(series, ...query.segment);
  return { ...answer, columns: readColumns(asked, query) };
}

function readColumns(series: ReadableSeries, query: WindowQuery): WindowColumns {
  const areGiven = query.from !== undefined && query.to !== undefined;
  const extent = areGiven ? undefined : axisExtent(series, query.axis);
  const from = query.from ?? extent?.from ?? query.to ?? 0;
  const to = query.to ?? extent?.to ?? from;
  if (areGiven && from > to) throw new PlatformError("bad_request", "from must not be above to.");
  const window: Window = { axis: query.axis, from, to, buckets: query.buckets };
  const hasMeans = query.hasMeans === true;
  const filled = fillBuckets(series, window, hasMeans);
  const isRaw = filled.total < query.buckets;
  const columns: WindowColumns = { isRaw, from, to, x: [], min: [], max: [], last: [], count: [], nan: [], damage: filled.damage };
  if (isRaw) eachPoint(series, window, (x, value) => addRow(columns, x, value, value, value, 1, value === value ? 0 : 1));
  else addBuckets(columns, filled);
  if (hasMeans) {
    columns.mean = isRaw ? columns.last.map((value) => (Number.isFinite(value) ? value : Number.NaN)) : filledMeans(series, window, filled);
  }
  if (query.nonFinite !== undefined) columns.nonFinite = nonFinitePoints(series, window, query.nonFinite);
  if (query.rewinds !== undefined) {
    const rewinds = findRewinds(series, query.rewinds);
    columns.rewinds = rewinds.length > query.rewinds ? [] : rewinds;
  }
  return columns;
}

function filledMeans(series: ReadableSeries, window: Window, filled: Buckets): number[] {
  return Array.from(bucketMeans(series, window, filled)).filter((_mean, bucket) => filled.count[bucket] !== 0);
}

function addBuckets(columns: WindowColumns, { count, nan, min, max, x, last }: Buckets): void {
  for (let i = 0; i < count.length; i++) if (count[i] !== 0) addRow(columns, x[i]!, min[i]!, max[i]!, last[i]!, count[i]!, nan[i]!);
}

function addRow(columns: WindowColumns, x: number, min: number, max: number, last: number, count: number, nan: number): void {
  columns.x.push(x);
  columns.min.push(min);
  columns.max.push(max);
  columns.last.push(last);
  columns.count.push(count);
  columns.nan.push(nan);
}
