import { CHART_COLUMNS_TYPE, type ChartQuery, encodeChartColumns, type Labels, type SeriesAxis } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { findChart, queryChart } from "../../query/chart.js";
import { DEFAULT_BUCKETS, querySeries } from "../../query/series.js";
import type { Routes } from "../context.js";
import { answers, INSTANCE_PARAMS, type Schema, text } from "../schema.js";
import { CHART_ANSWER, CHART_QUERY, SERIES_ANSWER } from "../series-schema.js";

interface Query {
  name: string;
  labels?: string;
  x: SeriesAxis;
  from?: number;
  to?: number;
  buckets: number;
}

/** Query parameters that mean one series. */
export const SERIES_NAME: Record<string, Schema> = {
  name: text("name of the series"),
  labels: text('labels as JSON `{"rank":"0"}` or as `rank=0,phase=val`; as many as single the series out'),
};

const QUERY = {
  type: "object",
  required: ["name"],
  properties: {
    ...SERIES_NAME,
    x: { enum: ["step", "time", "epoch"], default: "step", description: "axis; time is in milliseconds since 1970" },
    from: { type: "number", description: "default: where the series begins" },
    to: { type: "number", description: "default: where it ends" },
    buckets: { type: "integer", minimum: 1, default: DEFAULT_BUCKETS, description: "points fewer than this come as they are" },
  },
};

/** Columns of charts: of one series, or of several series of several instances. */
export const seriesRoutes: Routes = (app, { store }) => {
  const schema = {
    tags: ["series"],
    summary: "Columns of one series, exact for every bucket",
    params: INSTANCE_PARAMS,
    querystring: QUERY,
    response: answers(SERIES_ANSWER),
  };
  app.get<{ Params: { id: string }; Querystring: Query }>("/v1/instances/:id/series", { schema }, (request) => {
    const { name, labels, x, from, to, buckets } = request.query;
    return querySeries(store, request.params.id, { name, labels: parseLabels(labels), axis: x, from, to, buckets });
  });

  const chart = {
    tags: ["series"],
    summary: "Columns of several series of several instances, exact for every bucket",
    description: `What cannot be answered has its error in the list, beside the others. With \`Accept: ${CHART_COLUMNS_TYPE}\` columns are binary, see docs/formats/chart.md.`,
    body: CHART_QUERY,
    response: answers(CHART_ANSWER),
  };
  app.post<{ Body: ChartQuery }>("/v1/series/query", { schema: chart }, async (request, reply) => {
    if (request.headers.accept?.includes(CHART_COLUMNS_TYPE) !== true) return queryChart(store, request.body);
    const bytes = encodeChartColumns(await findChart(store, request.body));
    return reply.type(CHART_COLUMNS_TYPE).send(Buffer.from(bytes.buffer));
  });
};

/**
 * @param given - `{"rank":"0"}` or `rank=0,phase=val`
 * @returns labels; `undefined` for none
 * @throws PlatformError `bad_request`
 */
export function parseLabels(given: string | undefined): Labels | undefined {
  if (given === undefined || given === "") return undefined;
  if (given.startsWith("{")) {
    try {
      const labels: Record<string, unknown> = JSON.parse(given);
      return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
    } catch (error) {
      throw new PlatformError("bad_request", "labels is neither a JSON object nor k=v,k2=v2.", { cause: error });
    }
  }
  return Object.fromEntries(
    given.split(",").map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new PlatformError("bad_request", "labels is neither a JSON object nor k=v,k2=v2.");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
