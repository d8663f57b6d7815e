import { CHART_COLUMNS_TYPE, type ChartAxis, type ChartColumns, type ChartSeries, decodeChartColumns, LIMITS } from "ava-protocol";
import { callBytes } from "./call.js";
import { createQueue } from "./queue.js";
import { ApiError } from "./request.js";

/** A stretch of series as the API gives it. */
export interface SeriesQuery {
  axis: ChartAxis;
  from: number | undefined;
  to: number | undefined;
  buckets: number;
}

interface Waiting {
  series: ChartSeries;
  signal: AbortSignal;
  resolve: (answer: ChartColumns | undefined) => void;
  reject: (error: unknown) => void;
  /** Is called once there is an answer. */
  forget: () => void;
}

const queue = createQueue(4);
/** Series that are asked for at the next turn, by the stretch that is wanted of them. */
const gathered = new Map<string, Waiting[]>();

/**
 * Asks for one series. What is asked in one turn for the same stretch goes in one request: a page of charts makes one, not one for each line.
 *
 * @param series - which one; with the version that the caller has, if any
 * @param query - what of it
 * @param signal - gives the question up
 * @returns its columns; `undefined` when it has not grown since that version
 * @throws ApiError
 */
export function loadSeries(series: ChartSeries, query: SeriesQuery, signal: AbortSignal): Promise<ChartColumns | undefined> {
  const key = JSON.stringify(query);
  const batch = gathered.get(key) ?? [];
  if (batch.length === 0) {
    gathered.set(key, batch);
    setTimeout(() => {
      gathered.delete(key);
      const wanted = batch.filter((waiting) => !waiting.signal.aborted);
      const most = Math.max(Math.min(LIMITS.seriesPerQuery, Math.floor(LIMITS.bucketsPerAnswer / query.buckets)), 1);
      for (let start = 0; start < wanted.length; start += most) void ask(wanted.slice(start, start + most), query);
    });
  }
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", giveUp);
    // The signal is that of a whole stretch: a chart that grows for hours asks with it again and again.
    const forget = (): void => signal.removeEventListener("abort", giveUp);
    batch.push({ series, signal, resolve, reject, forget });
  });
}

async function ask(batch: readonly Waiting[], { axis, from, to, buckets }: SeriesQuery): Promise<void> {
  // The request is given up once each of its callers has given up.
  const abort = new AbortController();
  let left = batch.length;
  const ends = batch.map(({ signal, forget }) => {
    const giveUp = (): void => {
      if (--left === 0) abort.abort();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    return () => {
      signal.removeEventListener("abort", giveUp);
      forget();
    };
  });
  try {
    const body = { series: batch.map(({ series }) => series), x: axis, from, to, buckets };
    const { signal } = abort;
    // As JSON, a chart of many lines takes longer to write and read than to look up and draw.
    const bytes = await queue(() => callBytes("POST /v1/series/query", CHART_COLUMNS_TYPE, { body, signal }), signal);
    for (const one of decodeChartColumns(bytes)) {
      const { resolve, reject } = batch[one.index]!;
      if ("error" in one) reject(new ApiError(one.error.code, 0, one.error.message));
      else resolve(one);
    }
    for (const { resolve } of batch) resolve(undefined);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  } finally {
    for (const end of ends) end();
  }
}
