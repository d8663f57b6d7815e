import { type Labels, LIMITS, type SeriesAnswer, type SeriesAxis, toWireNumber, type WireNumber } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";
import type { SeriesWindow, WindowColumns } from "../store/contract/window.js";

/** A question for one series; `from` and `to` default to its extent. */
export interface SeriesQuery {
  name: string;
  labels: Labels | undefined;
  axis: SeriesAxis;
  from: number | undefined;
  to: number | undefined;
  buckets: number;
}

/** Buckets where a query does not say. */
export const DEFAULT_BUCKETS = 1000;

/**
 * Answers a series query: raw points where they are fewer than the buckets, else exact buckets.
 *
 * @param instance - id
 * @throws PlatformError `not_found`, `ambiguous_series`, `bad_request`, `limit_exceeded`, `store_damaged`
 */
export async function querySeries(store: Store, instance: string, query: SeriesQuery): Promise<SeriesAnswer> {
  checkLimit("buckets", query.buckets, "bucketsPerQuery");
  const { name, labels, axis, from, to, buckets } = query;
  const [answer] = await store.windows([
    {
      instance,
      name,
      axis,
      buckets,
      ...(labels === undefined ? {} : { labels }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  ]);
  if (answer instanceof PlatformError) throw answer;
  return seriesAnswer(answer!, answer!.columns!, buckets);
}

/**
 * @param what - name of the number, for the message
 * @throws PlatformError `limit_exceeded`
 */
export function checkLimit(what: string, value: number, limit: "bucketsPerQuery" | "seriesPerQuery" | "bucketsPerAnswer"): void {
  if (value > LIMITS[limit]) throw new PlatformError("limit_exceeded", `${what} is above the limit ${limit} = ${LIMITS[limit]}.`);
}

/** @returns the answer for one series */
function seriesAnswer({ name, labels, axis }: SeriesWindow, columns: WindowColumns, buckets: number): SeriesAnswer {
  const { isRaw, from, to, x, min, max, last, count, nan, damage } = columns;
  return {
    name,
    labels,
    axis,
    raw: isRaw,
    from: toWireNumber(from),
    to: toWireNumber(to),
    bucketWidth: isRaw ? 0 : (to - from) / buckets,
    x: wireNumbers(x),
    min: wireNumbers(min),
    max: wireNumbers(max),
    last: wireNumbers(last),
    count: Array.from(count),
    nan: Array.from(nan),
    ...(damage.length === 0 ? {} : { damage: [...damage] }),
  };
}

/** @returns numbers as JSON has them */
export function wireNumbers(values: Float64Array): WireNumber[] {
  const wire = Array.from<WireNumber>(values);
  for (let i = 0; i < wire.length; i++) if (!Number.isFinite(values[i])) wire[i] = toWireNumber(values[i]!);
  return wire;
}
