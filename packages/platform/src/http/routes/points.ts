import type { ChartAxis } from "ava-protocol";
import { queryPoints } from "../../query/points.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_PARAMS } from "../schema.js";
import { POINTS_ANSWER } from "../series-schema.js";
import { parseLabels, SERIES_NAME } from "./series.js";

const QUERY = {
  type: "object",
  required: ["name"],
  properties: {
    ...SERIES_NAME,
    x: {
      enum: ["step", "time", "relative", "epoch"],
      default: "step",
      description: "axis of `from` and `to`, as in `POST /v1/series/query`",
    },
    from: { type: "number", description: "first place; default: where the series begins" },
    to: { type: "number", description: "last place; default: where it ends" },
    below: { type: "number", description: "only points of a value below this (or above `above`)" },
    above: { type: "number", description: "only points of a value above this (or below `below`)" },
    limit: { type: "integer", minimum: 0, maximum: 1000, default: 100, description: "points at most: the last ones in order of arrival" },
  },
};

interface Query {
  name: string;
  labels?: string;
  x: ChartAxis;
  from?: number;
  to?: number;
  below?: number;
  above?: number;
  limit: number;
}

/** `GET /v1/instances/:id/points`: points with step, epoch and time. */
export const pointRoutes: Routes = (app, { store }) => {
  const schema = {
    tags: ["series"],
    summary: "Points of one series with step, epoch and time: those at a place, or those outside a range of values",
    params: INSTANCE_PARAMS,
    querystring: QUERY,
    response: answers(POINTS_ANSWER),
  };
  app.get<{ Params: { id: string }; Querystring: Query }>("/v1/instances/:id/points", { schema }, (request) => {
    const { name, labels, x, from, to, below, above, limit } = request.query;
    return queryPoints(store, request.params.id, { name, labels: parseLabels(labels), axis: x, from, to, below, above, limit });
  });
};
