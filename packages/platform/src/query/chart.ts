import { type ChartAnswer, type ChartQuery, type ChartSeries, type ChartSeriesAnswer, type ErrorCode, toWireNumber } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";
import type { SeriesWindow, WindowColumns, WindowQuery } from "../store/contract/window.js";
import { checkLimit, DEFAULT_BUCKETS, seriesAnswer } from "./series.js";

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

/**
 * Answers a question for several series of several instances: raw points where they are fewer than the buckets, else exact buckets. What cannot be answered
 * has its error in the answer, beside the others.
 *
 * @throws PlatformError `bad_request`, `limit_exceeded` where all of the question is wrong
 */
export async function queryChart(store: Store, chart: ChartQuery): Promise<ChartAnswer> {
  const { series, from, to, buckets = DEFAULT_BUCKETS } = chart;
  checkLimit("series", series.length, "seriesPerQuery");
  checkLimit("buckets", buckets, "bucketsPerQuery");
  checkLimit("The number of series times buckets", series.length * buckets, "bucketsPerAnswer");
  if (from !== undefined && to !== undefined && from > to) throw new PlatformError("bad_request", "from must not be above to.");
  const origins = chart.x === "relative" ? await originsOf(store, series) : undefined;
  const answers: ChartAnswer["series"] = [];
  const asked: Asked[] = [];
  for (const [index, one] of series.entries()) {
    const origin = origins === undefined ? 0 : origins.get(one.instance)!;
    if (origin instanceof PlatformError) answers[index] = refused(index, one, origin);
    else asked.push({ index, series: one, origin, query: windowQuery(one, chart, buckets, origin) });
  }
  const windows = await store.windows(asked.map(({ query }) => query));
  for (const [i, { index, series: one, origin }] of asked.entries()) {
    const window = windows[i]!;
    if (window instanceof PlatformError) answers[index] = refused(index, one, window);
    else if (window.columns !== undefined) answers[index] = answerOf(index, one.instance, chart, window, window.columns, buckets, origin);
  }
  // Places of series that have not grown are empty: `flat` leaves them out.
  return { series: answers.flat() };
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

function answerOf(
  index: number,
  instance: string,
  { x: axis = "step" }: ChartQuery,
  window: SeriesWindow,
  columns: WindowColumns,
  buckets: number,
  origin: number,
): ChartSeriesAnswer {
  const move = (x: number): number => x - origin;
  const moved = { ...columns, from: move(columns.from), to: move(columns.to), x: columns.x.map(move) };
  const { nonFinite, rewinds = [] } = columns;
  const { x: places, value } = nonFinite!;
  return {
    ...seriesAnswer(window, moved, buckets),
    index,
    instance,
    version: window.version,
    axis,
    mean: columns.mean!.map(toWireNumber),
    ...(value.length === 0 ? {} : { nonFinite: { x: places.map(move).map(toWireNumber), value: value.map(toWireNumber) } }),
    ...(rewinds.length === 0
      ? {}
      : { rewinds: rewinds.map(({ point, from, to }) => ({ point, from: toWireNumber(from), to: toWireNumber(to) })) }),
  };
}

function refused(index: number, { instance, name, labels }: ChartSeries, { code, message }: PlatformError): ChartAnswer["series"][number] {
  return { index, instance, name, ...(labels === undefined ? {} : { labels }), error: { code: code as ErrorCode, message } };
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
