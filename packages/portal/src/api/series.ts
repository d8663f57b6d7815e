import type { Labels, SeriesAnswer, SeriesAxis } from "ava-protocol";
import { createQueue } from "./queue.js";
import { apiPath, request } from "./request.js";

/** A stretch of one series as the API gives it. */
export interface SeriesQuery {
  axis: SeriesAxis;
  from: number | undefined;
  to: number | undefined;
  buckets: number;
}

const queue = createQueue(4);

/**
 * Asks for one series.
 *
 * @param id - of the instance
 * @param name - of the series
 * @param labels - of the series
 * @param query - what of it
 * @param signal - gives the question up
 * @returns its columns
 * @throws ApiError
 */
export function loadSeries(id: string, name: string, labels: Labels, query: SeriesQuery, signal: AbortSignal): Promise<SeriesAnswer> {
  const path = apiPath(["instances", id, "series"], {
    name,
    labels: JSON.stringify(labels),
    x: query.axis,
    from: query.from,
    to: query.to,
    buckets: query.buckets,
  });
  return queue(() => request<SeriesAnswer>(path, { signal }), signal);
}
