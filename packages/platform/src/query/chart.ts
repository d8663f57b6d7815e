import {
  type ChartColumn,
  type ChartQuery,
  type ChartSeries,
  type ChartSeriesAnswer,
  type ChartSeriesError,
  type ErrorCode,
  toWireNumber,
} from "ava-protocol";
import { PlatformError } from "../error.js";
import { JsonSource } from "../json-source.js";
import type { Store } from "../store/contract/store.js";
import type { SeriesWindow, WindowColumns, WindowQuery } from "../store/contract/window.js";
import { checkLimit, DEFAULT_BUCKETS, wireNumbers } from "./series.js";

/** Points that are not finite which an answer names one by one. */
const MOST_NON_FINITE = 100;
/** Places where the steps go back; a series with more of them has no order. */
const MOST_REWINDS = 20;

/** A question for one series that can be asked. */
interface Asked {
  index: number;
  series: ChartSeries;
  query: WindowQuery;
  /** Place on the store's axis at which the axis of the question is 0. */
  origin: number;
}

/** What was found of a series: its facts with columns on the axis of the question, or why there are none. */
export type FoundSeries =
  | { error: ChartSeriesError }
  | { facts: Omit<ChartSeriesAnswer, ChartColumn>; columns: Record<ChartColumn, Float64Array> };

/**
 * Answers a question for several series of several instances: raw points where they are fewer than the buckets, else exact buckets. What cannot be answered
 * has its error in the answer, beside the others; series that have not grown since the version that the asker has are left out.
 *
 * @throws PlatformError `bad_request`, `limit_exceeded` where all of the question is wrong
 */
export async function findChart(store: Store, chart: ChartQuery): Promise<FoundSeries[]> {
  const { series, from, to, buckets = DEFAULT_BUCKETS } = chart;
  checkLimit("series", series.length, "seriesPerQuery");
  checkLimit("buckets", buckets, "bucketsPerQuery");
  checkLimit("The number of series times buckets", series.length * buckets, "bucketsPerAnswer");
  if (from !== undefined && to !== undefined && from > to) throw new PlatformError("bad_request", "from must not be above to.");
  const origins = chart.x === "relative" ? await originsOf(store, series) : undefined;
  const found: FoundSeries[] = [];
  const asked: Asked[] = [];
  for (const [index, one] of series.entries()) {
    const origin = origins === undefined ? 0 : origins.get(one.instance)!;
    if (origin instanceof PlatformError) found[index] = refused(index, one, origin);
    else asked.push({ index, series: one, origin, query: windowQuery(one, chart, buckets, origin) });
  }
  const windows = await store.windows(asked.map(({ query }) => query));
  for (const [i, { index, series: one, origin }] of asked.entries()) {
    const window = windows[i]!;
    if (window instanceof PlatformError) found[index] = refused(index, one, window);
    else if (window.columns !== undefined) found[index] = foundSeries(index, one.instance, chart, window, window.columns, buckets, origin);
  }
  // Places of series that have not grown are empty: `flat` leaves them out.
  return found.flat();
}

/** A `ChartAnswer` whose columns are JSON already. */
export interface ChartText {
  series: (ChartSeriesError | (Omit<ChartSeriesAnswer, ChartColumn> & Record<ChartColumn, JsonSource>))[];
}

/** @returns what {@link findChart} found, as JSON has it */
export async function queryChart(store: Store, chart: ChartQuery): Promise<ChartText> {
  const found = await findChart(store, chart);
  return { series: found.map((one) => ("error" in one ? one.error : { ...one.facts, ...jsonColumns(one.columns) })) };
}

function jsonColumns({ x, min, max, last, mean, count, nan }: Record<ChartColumn, Float64Array>): Record<ChartColumn, JsonSource> {
  const values = { x: jsonOf(x), min: jsonOf(min), max: jsonOf(max), last: jsonOf(last), mean: jsonOf(mean) };
  return { ...values, count: jsonOf(count), nan: jsonOf(nan) };
}

/** JSON of columns, for as long as the store remembers them. */
const texts = new WeakMap<Float64Array, JsonSource>();

function jsonOf(column: Float64Array): JsonSource {
  const text = texts.get(column) ?? new JsonSource(JSON.stringify(wireNumbers(column)));
  texts.set(column, text);
  return text;
}

function windowQuery(series: ChartSeries, chart: ChartQuery, buckets: number, origin: number): WindowQuery {
  const { instance, name, labels, segment, since = chart.since } = series;
  const { x: axis = "step", from, to } = chart;
  return {
    instance,
    name,
    axis: axis === "relative" ? "time" : axis,
    buckets,
    hasMeans: true,
    nonFinite: MOST_NON_FINITE,
    ...(segment === undefined ? { rewinds: MOST_REWINDS } : { segment }),
    ...(labels === undefined ? {} : { labels }),
    ...(from === undefined ? {} : { from: from + origin }),
    ...(to === undefined ? {} : { to: to + origin }),
    ...(since === undefined ? {} : { since }),
  };
}

function foundSeries(
  index: number,
  instance: string,
  { x: axis = "step" }: ChartQuery,
  { name, labels, version }: SeriesWindow,
  columns: WindowColumns,
  buckets: number,
  origin: number,
): FoundSeries {
  const move = (place: number): number => place - origin;
  const { isRaw, from, to, x, min, max, last, count, nan, damage, nonFinite, rewinds = [] } = columns;
  const { x: places, value } = nonFinite!;
  const facts = {
    name,
    labels,
    axis,
    raw: isRaw,
    from: toWireNumber(move(from)),
    to: toWireNumber(move(to)),
    bucketWidth: isRaw ? 0 : (to - from) / buckets,
    ...(damage.length === 0 ? {} : { damage: [...damage] }),
    index,
    instance,
    version,
    ...(value.length === 0 ? {} : { nonFinite: { x: places.map(move).map(toWireNumber), value: value.map(toWireNumber) } }),
    ...(rewinds.length === 0
      ? {}
      : { rewinds: rewinds.map(({ point, from: left, to: back }) => ({ point, from: toWireNumber(left), to: toWireNumber(back) })) }),
  };
  return { facts, columns: { x: origin === 0 ? x : x.map(move), min, max, last, mean: columns.mean!, count, nan } };
}

function refused(index: number, { instance, name, labels }: ChartSeries, { code, message }: PlatformError): FoundSeries {
  const error = { code: code as ErrorCode, message };
  return { error: { index, instance, name, ...(labels === undefined ? {} : { labels }), error } };
}

/** @returns where relative time begins, in milliseconds since 1970, by instance; an error for one that cannot be read */
async function originsOf(store: Store, series: readonly ChartSeries[]): Promise<Map<string, number | PlatformError>> {
  const ids = [...new Set(series.map(({ instance }) => instance))];
  const origins = await Promise.all(ids.map((id) => originOf(store, id).catch(asAnswer)));
  return new Map(ids.map((id, i) => [id, origins[i]!]));
}

/**
 * @param id - of an instance
 * @returns where its relative time begins, in milliseconds since 1970: the recorded start, or the first point where that is earlier, for points may be older
 * than what first told of the instance
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function originOf(store: Store, id: string): Promise<number> {
  const [{ facts }, series] = await Promise.all([store.instance(id), store.series(id)]);
  const startMs = Date.parse(facts.startTime ?? "");
  const firstMs = series.map(({ firstTimeNs }) => Number(firstTimeNs) / 1e6);
  return firstMs.reduce((least, timeMs) => (timeMs < least ? timeMs : least), Number.isNaN(startMs) ? (firstMs[0] ?? 0) : startMs);
}

function asAnswer(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  throw error;
}
