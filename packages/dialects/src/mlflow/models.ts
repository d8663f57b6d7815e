import { appendFitting, isTooLarge } from "../append-fitting.js";
import { asObject } from "../body.js";
import type { DialectAnswer, Read, Route, RouteContext, RunView, Sink } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";
import { Fields, type KeyValue } from "./fields.js";
import {
  changeRecords,
  type LoggedModel,
  metricsOf,
  modelJson,
  modelOf,
  modelRecord,
  modelsOf,
  newModelId,
  sourceRunOf,
} from "./model-book.js";
import { MLFLOW, toInstanceId, toRunId } from "./names.js";
import { HISTORY, paramsOf, TOO_LARGE, wordsOf } from "./run-words.js";
import { activeRun, openRun } from "./runs.js";
import type { SearchKey } from "./search/condition.js";
import type { SearchValue } from "./search/holds.js";
import { searchPage } from "./search/search-page.js";

const ROOT = "/api/2.0/mlflow/logged-models";
const RUNS = "/api/2.0/mlflow/runs";

/** Models that runs log. Their files are files of the run. */
export const MODEL_ROUTES: readonly Route[] = [
  { method: "POST", path: `${ROOT}/search`, handle: search },
  { method: "POST", path: ROOT, handle: create },
  { method: "GET", path: `${ROOT}/:id`, handle: get },
  {
    method: "PATCH",
    path: `${ROOT}/:id`,
    handle: change((model, fields) => ({ ...model, status: fields.text("status") ?? model.status })),
  },
  { method: "DELETE", path: `${ROOT}/:id`, handle: change((model) => ({ ...model, isDeleted: true })) },
  { method: "PATCH", path: `${ROOT}/:id/tags`, handle: change((model, fields) => withTags(model, fields.pairs("tags"))) },
  { method: "DELETE", path: `${ROOT}/:id/tags/:key`, handle: change(withoutTag) },
  { method: "POST", path: `${ROOT}/:id/params`, handle: change((model, fields, view) => withParams(model, fields.pairs("params"), view)) },
  { method: "POST", path: `${RUNS}/outputs`, handle: logOutputs },
  { method: "POST", path: `${RUNS}/log-model`, handle: logModel },
];

async function create({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const run = fields.text("source_run_id");
  const source = run ? await activeRun(read, toInstanceId(run)) : undefined;
  const known = source && newModel(source, fields);
  if (known && (await isKept(sink, source, known))) return found(read, known.id);
  // A model without a run, or for which that has no room, is a run of its own.
  const name = known?.name ?? nameOf(fields);
  const experiment = source ? wordsOf(source).experimentId : fields.text("experiment_id");
  const view = await openRun({ sink, read }, experiment, { name, startMs: Date.now() });
  const model = { ...newModel(view, fields), ...(source ? { sourceRun: toRunId(source.id) } : {}) };
  const { tags, params, ...own } = model;
  await sink.append(view.id, [{ kind: "facts", facts: { state: "done", stopTime: new Date(model.createdMs).toISOString() } }]);
  await sink.append(view.id, [modelRecord({ ...own, tags: {}, params: {} })]);
  await appendFitting(sink, view.id, changeRecords({ ...own, tags: {}, params: {} }, { ...own, tags, params }), TOO_LARGE);
  return found(read, model.id);
}

async function isKept(sink: Sink, view: RunView, model: LoggedModel): Promise<boolean> {
  try {
    await sink.append(view.id, [modelRecord(model)]);
    return true;
  } catch (error) {
    if (isTooLarge(error)) return false;
    throw error;
  }
}

function nameOf(fields: Fields): string {
  return fields.text("name") || "model";
}

function newModel(view: RunView, fields: Fields): LoggedModel {
  const [nowMs, name] = [Date.now(), nameOf(fields)];
  const model: LoggedModel = {
    id: newModelId(view, name, nowMs),
    name,
    type: fields.text("model_type") ?? "",
    status: "LOGGED_MODEL_PENDING",
    message: "",
    createdMs: nowMs,
    changedMs: nowMs,
    isDeleted: false,
    tags: {},
    params: {},
  };
  return withParams(withTags(model, fields.pairs("tags")), fields.pairs("params"), view);
}

async function get({ parts, read }: RouteContext): Promise<DialectAnswer> {
  const { view, model } = await modelOf(read, parts["id"] as string);
  if (model.isDeleted) throw new RefusedError("absent", `Logged model with ID '${model.id}' not found: it was deleted.`);
  return answer({ model: await modelJson(read, view, model) });
}

async function found(read: Read, id: string): Promise<DialectAnswer> {
  const { view, model } = await modelOf(read, id);
  return answer({ model: await modelJson(read, view, model) });
}

/** A route that changes one model. @param changed - the model as it is then */
function change(
  changed: (model: LoggedModel, fields: Fields, view: RunView, parts: Readonly<Record<string, string>>) => LoggedModel,
): Route["handle"] {
  return async ({ request, parts, sink, read }) => {
    const fields = await Fields.of(request);
    const { view, model } = await modelOf(read, parts["id"] as string);
    const changes = changeRecords(model, { ...changed(model, fields, view, parts), changedMs: Date.now() });
    await appendFitting(sink, view.id, changes, TOO_LARGE);
    return found(read, model.id);
  };
}

function withTags(model: LoggedModel, tags: readonly KeyValue[]): LoggedModel {
  return { ...model, tags: { ...model.tags, ...Object.fromEntries(tags.map(({ key, value }) => [key, value])) } };
}

function withoutTag(model: LoggedModel, _: Fields, __: RunView, parts: Readonly<Record<string, string>>): LoggedModel {
  const { [parts["key"] as string]: ___, ...tags } = model.tags;
  return { ...model, tags };
}

/** The client copies all params of the run to each of its models: what is the same is not kept once more. */
function withParams(model: LoggedModel, params: readonly KeyValue[], view: RunView): LoggedModel {
  const known = paramsOf(view);
  const own = params.filter(({ key, value }) => known.get(key) !== value).map(({ key, value }) => [key, value] as const);
  return { ...model, params: { ...model.params, ...Object.fromEntries(own) } };
}

async function logOutputs({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  for (const output of fields.list("models").map((item) => Fields.in(item))) {
    const { view, model } = await modelOf(read, output.requiredText("model_id"));
    await appendFitting(sink, view.id, changeRecords(model, { ...model, step: output.integer("step") ?? 0 }), TOO_LARGE);
  }
  return answer();
}

async function logModel({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const view = await activeRun(read, fields.instanceId());
  const told = fields.requiredText("model_json");
  if (!asObject(parsed(told)))
    throw new RefusedError("invalid", "Invalid value for parameter 'model_json': it must be the JSON text of an object.");
  // A member of its own: another replica may add another model at the same time.
  const members = new Map([[print64(told).toString(16), told]]);
  await appendFitting(sink, view.id, [{ kind: "params", within: HISTORY, members }], TOO_LARGE);
  return answer();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A model with all that a search may ask of it. */
interface FoundModel {
  view: RunView;
  model: LoggedModel;
  metrics: Awaited<ReturnType<Read["latest"]>>;
}

async function search({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const wanted = new Set(fields.list("experiment_ids").map(String));
  const datasets = fields.list("datasets").map((item) => Fields.in(item));
  const all: FoundModel[] = [];
  for await (const view of read.runs(MLFLOW)) {
    if (view.isDeleted || !wanted.has(wordsOf(view).experimentId)) continue;
    const models = [...modelsOf(view).values()];
    const latest = models.length === 0 ? [] : await read.latest(view.id);
    for (const model of models) {
      const own = model.sourceRun === undefined ? latest : await read.latest(toInstanceId(model.sourceRun));
      all.push({ view, model, metrics: metricsOn(datasets, metricsOf(model, own)) });
    }
  }
  all.sort((a, b) => b.model.createdMs - a.model.createdMs);
  const { items, nextPageToken } = searchPage(all, fields, {
    isDeleted: ({ model }) => model.isDeleted,
    value: valueOf,
    defaultEntity: "attribute",
  });
  const models = await Promise.all(items.map(({ view, model }) => modelJson(read, view, model)));
  return answer({ models, ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }) });
}

/** Where data sets are named, a search asks for metrics on one of them. */
function metricsOn(datasets: readonly Fields[], metrics: FoundModel["metrics"]): FoundModel["metrics"] {
  if (datasets.length === 0) return metrics;
  const wanted = datasets.map((one) => ({ name: one.text("dataset_name"), digest: one.text("dataset_digest") }));
  return metrics.filter(({ labels }) =>
    wanted.some(({ name, digest }) => labels["dataset"] === name && (!digest || labels["digest"] === digest)),
  );
}

function valueOf({ view, model, metrics }: FoundModel, { entity, key }: SearchKey): SearchValue {
  if (entity === "metric") return metrics.find(({ name }) => name === key)?.point.value;
  if (entity === "tag") return model.tags[key];
  if (entity === "param") return model.params[key] ?? paramsOf(view).get(key);
  const values: Record<string, SearchValue> = {
    name: model.name,
    model_name: model.name,
    model_id: model.id,
    model_type: model.type,
    status: model.status.replace(/^LOGGED_MODEL_/, ""),
    source_run_id: sourceRunOf(view, model),
    creation_timestamp: model.createdMs,
    creation_time: model.createdMs,
    last_updated_timestamp: model.changedMs,
  };
  if (entity === "attribute" && key in values) return values[key];
  throw new RefusedError("invalid", `AVA does not search models by ${entity} '${key}'.`);
}
