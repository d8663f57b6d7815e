import type { DialectAnswer, Route, RouteContext } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer, metricJson } from "./answer.js";
import { Fields } from "./fields.js";
import { toInstanceId } from "./names.js";
import { viewOf } from "./runs.js";

/** Points of one answer, as MLflow's own server. */
const MOST_POINTS = 25_000;
const ROOT = "/api/2.0/mlflow/metrics";

/** All points of a metric. */
export const HISTORY_ROUTES: readonly Route[] = [
  { method: "GET", path: `${ROOT}/get-history`, handle: getHistory },
  { method: "GET", path: `${ROOT}/get-history-bulk`, handle: getBulk },
];

async function getHistory({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const { id } = await viewOf(read, fields.instanceId());
  const key = fields.requiredText("metric_key");
  const offset = fields.integer("page_token") ?? 0;
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RefusedError("invalid", "the page_token is not one of ours.");
  const { points, nextOffset } = await read.points(id, key, { offset, limit: limitOf(fields) });
  const metrics = points.map((point) => metricJson(key, point));
  return answer({ metrics, ...(nextOffset === undefined ? {} : { next_page_token: String(nextOffset) }) });
}

async function getBulk({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const key = fields.requiredText("metric_key");
  let limit = limitOf(fields);
  const metrics: object[] = [];
  for (const runId of fields.list("run_id")) {
    const { points } = await read.points(toInstanceId(String(runId)), key, { offset: 0, limit });
    metrics.push(...points.map((point) => ({ ...metricJson(key, point), run_id: runId })));
    limit -= points.length;
  }
  return answer({ metrics });
}

function limitOf(fields: Fields): number {
  return Math.min(MOST_POINTS, Math.max(1, fields.integer("max_results") ?? MOST_POINTS));
}
