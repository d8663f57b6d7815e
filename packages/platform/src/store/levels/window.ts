import { type Labels, seriesKey } from "ava-protocol";
import { damaged, PlatformError } from "../../error.js";
import type { SeriesWindow, WindowAnswer, WindowColumns, WindowQuery } from "../contract/window.js";
import type { Answers } from "./answers.js";
import { type Buckets, bucketMeans, fillBuckets } from "./buckets.js";
import { nonFinitePoints } from "./non-finite.js";
import { findRewinds, segmentOf } from "./rewinds.js";
import { axisExtent, eachPoint } from "./rows.js";
import type { ReadableSeries, Window } from "./series.js";

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
 * @param answers - of questions before
 * @returns the answer, or why there is none
 */
export function answerWindow(seriesOf: (instance: string) => SeriesMap, query: WindowQuery, answers?: Answers): WindowAnswer {
  try {
    return readWindow(seriesOf(query.instance), query, answers);
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}

/**
 * Answers a question for one series.
 *
 * @param all - series of the instance that is asked for
 * @param answers - of questions before
 * @throws PlatformError `not_found`, `ambiguous_series`, `bad_request`
 */
export function readWindow(all: SeriesMap, query: WindowQuery, answers?: Answers): SeriesWindow {
  const series = findSeries(query.instance, all, query.name, query.labels);
  const { name, labels, totals } = series;
  const answer = { name, labels, version: totals.count, axis: query.axis };
  if (totals.count === query.since) return answer;
  const make = (): WindowColumns => readColumns(query.segment === undefined ? series : segmentOf(series, ...query.segment), query);
  return { ...answer, columns: answers === undefined ? make() : answers.of(series, query, make) };
}

function readColumns(series: ReadableSeries, query: WindowQuery): WindowColumns {
  const areGiven = query.from !== undefined && query.to !== undefined;
  const extent = areGiven ? undefined : axisExtent(series, query.axis);
  const from = query.from ?? extent?.from ?? query.to ?? 0;
  const to = query.to ?? extent?.to ?? from;
  if (areGiven && from > to) throw new PlatformError("bad_request", "from must not be above to.");
  const window: Window = { axis: query.axis, from, to, buckets: query.buckets };
  if (series.expect?.(window) === false) return nothingYet(series, window, query);
  const hasMeans = query.hasMeans === true;
  const filled = fillBuckets(series, window, hasMeans);
  const columns: WindowColumns =
    filled.total < query.buckets ? rawColumns(series, window, filled, hasMeans) : bucketColumns(series, window, filled, hasMeans);
  if (query.nonFinite !== undefined) columns.nonFinite = nonFinitePoints(series, window, query.nonFinite);
  if (query.rewinds !== undefined) {
    const rewinds = findRewinds(series, query.rewinds);
    columns.rewinds = rewinds.length > query.rewinds ? [] : rewinds;
  }
  return columns;
}

/** An answer that will be made anew. What it asks for beside buckets is noted, too. */
function nothingYet(series: ReadableSeries, window: Window, { nonFinite, rewinds }: WindowQuery): never {
  if (nonFinite !== undefined) nonFinitePoints(series, window, nonFinite);
  if (rewinds !== undefined) findRewinds(series, rewinds);
  throw damaged("Chunks are not at hand.");
}

function rawColumns(series: ReadableSeries, window: Window, { total, damage }: Buckets, hasMeans: boolean): WindowColumns {
  const { from, to } = window;
  const places = new Float64Array(total);
  const values = new Float64Array(total);
  let count = 0;
  const unread = eachPoint(series, window, (place, one) => {
    places[count] = place;
    values[count++] = one;
  });
  // A chunk that lies in one bucket was counted by its head: only now its points are read.
  const [x, value] = [places.subarray(0, count), values.subarray(0, count)];
  const nan = value.map((one) => (one === one ? 0 : 1));
  const ones = new Float64Array(count).fill(1);
  const told = { isRaw: true, from, to, damage: [...new Set([...damage, ...unread])] };
  const points = { ...told, x, min: value, max: value, last: value, count: ones, nan };
  return hasMeans ? { ...points, mean: value.map((one) => (Number.isFinite(one) ? one : Number.NaN)) } : points;
}

function bucketColumns(series: ReadableSeries, window: Window, filled: Buckets, hasMeans: boolean): WindowColumns {
  const { from, to } = window;
  const { count, nan, min, max, x, last, damage } = filled;
  const columns = { x, min, max, last, count, nan, ...(hasMeans ? { mean: bucketMeans(series, window, filled) } : {}) };
  const told = { isRaw: false, from, to, damage };
  if (count.every((points) => points > 0)) return { ...columns, ...told };
  const used = (values: Float64Array): Float64Array => values.filter((_value, bucket) => count[bucket] !== 0);
  return { ...(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, used(values)])) as typeof columns), ...told };
}
