import type { ChartAxis, Labels, PointsAnswer } from "ava-protocol";
import { call } from "./call.js";
import { createQueue } from "./queue.js";

/** Which points of a series, see `GET /v1/instances/:id/points`. */
export interface PointsQuery {
  name: string;
  labels: Labels;
  x: ChartAxis;
  from: number | undefined;
  to: number | undefined;
  below?: number;
  above?: number;
  limit: number;
}

const queue = createQueue(4);

/**
 * @param instance - id
 * @param query - which points
 * @param signal - gives the question up
 * @returns them with all that was recorded
 * @throws ApiError
 */
export function loadPoints(instance: string, query: PointsQuery, signal: AbortSignal): Promise<PointsAnswer> {
  const asked = { path: { id: instance }, query: { ...query, labels: JSON.stringify(query.labels) }, signal };
  return queue(() => call("GET /v1/instances/{id}/points", asked), signal);
}
