import { type Labels, whyNotSeriesName } from "ava-protocol";
import { appendFitting } from "../append-fitting.js";
import { asObject } from "../body.js";
import type { DialectAnswer, Route, RouteContext, RunRecord, RunView } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import { nsOfMs } from "../seconds.js";
import { answer } from "./answer.js";
import { Fields, type KeyValue } from "./fields.js";
import { INPUTS, paramsOf, recordsOfParams, TAGS, TOO_LARGE, tagRecords } from "./run-words.js";
import { activeRun } from "./runs.js";

const ROOT = "/api/2.0/mlflow/runs";

/** What clients log to a run. */
export const LOG_ROUTES: readonly Route[] = [
  { method: "POST", path: `${ROOT}/log-metric`, handle: logTo((fields) => ({ metrics: [fields] })) },
  { method: "POST", path: `${ROOT}/log-parameter`, handle: logTo((fields) => ({ params: [pairOf(fields)] })) },
  { method: "POST", path: `${ROOT}/set-tag`, handle: logTo((fields) => ({ tags: [pairOf(fields)] })) },
  {
    method: "POST",
    path: `${ROOT}/log-batch`,
    handle: logTo((fields) => ({
      metrics: fields.list("metrics").map((item) => Fields.in(item)),
      params: fields.pairs("params"),
      tags: fields.pairs("tags"),
    })),
  },
  { method: "POST", path: `${ROOT}/delete-tag`, handle: deleteTag },
  { method: "POST", path: `${ROOT}/log-inputs`, handle: logInputs },
];

/** What one request logs. */
interface Logged {
  metrics?: readonly Fields[];
  params?: readonly KeyValue[];
  tags?: readonly KeyValue[];
}

function logTo(logged: (fields: Fields) => Logged): Route["handle"] {
  return async ({ request, sink, read }) => {
    const fields = await Fields.of(request);
    const view = await activeRun(read, fields.instanceId());
    const { metrics = [], params = [], tags = [] } = logged(fields);
    // All is checked before anything is kept.
    const points = metrics.map((metric) => pointsOf(metric));
    const told = [...paramRecords(view, params), ...tagRecords(tags)];
    if (told.length > 0) await appendFitting(sink, view.id, told, TOO_LARGE);
    if (points.length > 0) {
      await sink.append(
        view.id,
        points.map(({ record }) => record),
        { prints: points.map(({ print }) => print) },
      );
    }
    return answer();
  };
}

function pointsOf(metric: Fields): { record: RunRecord; print: bigint } {
  const name = metric.requiredText("key");
  const why = whyNotSeriesName(name);
  if (why !== undefined) throw new RefusedError("invalid", `Invalid value for parameter 'key': ${why}.`);
  const [value, step, timeMs] = [metric.number("value"), metric.integer("step") ?? 0, metric.integer("timestamp") ?? 0];
  const labels = labelsOf(metric);
  const series = [{ name, labels }];
  return {
    record: { kind: "points", series, step, timeNs: nsOfMs(timeMs), values: [value] },
    print: print64(`${JSON.stringify(labels)}${name}`, [step, timeMs, value]),
  };
}

function labelsOf(metric: Fields): Labels {
  const labels = { model: metric.text("model_id"), dataset: metric.text("dataset_name"), digest: metric.text("dataset_digest") };
  return Object.fromEntries(Object.entries(labels).filter((pair): pair is [string, string] => Boolean(pair[1])));
}

function paramRecords(view: RunView, params: readonly KeyValue[]): RunRecord[] {
  if (params.length === 0) return [];
  const known = paramsOf(view);
  for (const { key, value } of params) {
    const old = known.get(key);
    if (old !== undefined && old !== value) {
      throw new RefusedError(
        "invalid",
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${old}'.`,
      );
    }
    known.set(key, value);
  }
  return recordsOfParams(params.map(({ key, value }) => [key, value]));
}

async function deleteTag({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const { id } = await activeRun(read, fields.instanceId());
  await sink.append(id, [{ kind: "params", within: TAGS, members: new Map([[fields.requiredText("key"), undefined]]) }]);
  return answer();
}

async function logInputs({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const { id } = await activeRun(read, fields.instanceId());
  const inputs = fields.list("datasets").map((input) => {
    const { name, digest } = asObject(asObject(input)?.["dataset"]) ?? {};
    return [`${String(name)} ${String(digest)}`, JSON.stringify(input)] as const;
  });
  if (inputs.length > 0) await appendFitting(sink, id, [{ kind: "params", within: INPUTS, members: new Map(inputs) }], TOO_LARGE);
  return answer();
}

function pairOf(fields: Fields): KeyValue {
  return { key: fields.requiredText("key"), value: fields.text("value") ?? "" };
}
