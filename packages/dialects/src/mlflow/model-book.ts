import type { Labels } from "ava-protocol";
import type { Read, RunRecord, RunView } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import { metricJson } from "./answer.js";
import { toInstanceId, toRunId } from "./names.js";
import { MODELS, paramsOf, wordsOf } from "./run-words.js";
import { viewOf } from "./runs.js";

/** A model that a run has logged. */
export interface LoggedModel {
  id: string;
  name: string;
  type: string;
  status: string;
  message: string;
  createdMs: number;
  changedMs: number;
  isDeleted: boolean;
  /** MLflow's id of the run that logged it, where that had no room for it: another one holds it. */
  sourceRun?: string;
  /** It was named as an output of its run. */
  step?: number;
  tags: Record<string, string>;
  /** Those that are not the run's. */
  params: Record<string, string>;
}

const ID = /^m-(.+)-[0-9a-f]{16}$/;

/** @param view - of a run @param name - of a model @param nowMs - ms since 1970 @returns an id for it, in which the run is named */
export function newModelId(view: RunView, name: string, nowMs: number): string {
  const print = print64(JSON.stringify([view.id, name, [...modelsOf(view).keys()]]), [nowMs, Math.random()]);
  return `m-${toRunId(view.id)}-${print.toString(16).padStart(16, "0")}`;
}

/** `undefined` for what is not an id of ours. */
function instanceOfModel(id: string): string | undefined {
  const run = ID.exec(id)?.[1];
  return run === undefined ? undefined : toInstanceId(run);
}

/** @param view - of a run @returns its models by id, in the order in which they were logged */
export function modelsOf(view: RunView): Map<string, LoggedModel> {
  return new Map([...wordsOf(view).models].map(([id, text]) => [id, JSON.parse(text) as LoggedModel]));
}

/** @param read - of the request @param id - of a model @returns it, and the run that has it @throws RefusedError `absent` */
export async function modelOf(read: Read, id: string): Promise<{ view: RunView; model: LoggedModel }> {
  const instance = instanceOfModel(id);
  const view = instance === undefined ? undefined : await viewOf(read, instance);
  const model = view && modelsOf(view).get(id);
  if (!view || !model) throw new RefusedError("absent", `Logged model with ID '${id}' not found.`);
  return { view, model };
}

/** @param model - as it is from now on @returns the record that says so */
export function modelRecord(model: LoggedModel): RunRecord {
  return { kind: "params", within: MODELS, members: new Map([[model.id, JSON.stringify(model)]]) };
}

/** @param before - a model @param after - the same, changed @returns the records of what changed alone: another replica may change the rest at the same time */
export function changeRecords(before: LoggedModel, after: LoggedModel): RunRecord[] {
  const within = [...MODELS, after.id];
  const { tags, params, ...own } = after;
  return [
    { kind: "params", within, members: changedMembers(before, own) },
    { kind: "params", within: [...within, "tags"], members: changedMembers(before.tags, tags) },
    { kind: "params", within: [...within, "params"], members: changedMembers(before.params, params) },
  ];
}

/** Members that are not as they were, and `undefined` for texts that are gone. */
function changedMembers(before: object, after: object): Map<string, string | undefined> {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  const changed = [...is].filter(([name, value]) => was.get(name) !== value).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const gone = [...was].filter(([name, value]) => typeof value === "string" && !is.has(name)).map(([name]) => [name, undefined] as const);
  return new Map<string, string | undefined>([...changed, ...gone]);
}

/** @param view - of the run @param model - that it has @returns where its files are: `models/ID` among those of the run */
export function placeOf(view: RunView, { id }: LoggedModel): string {
  return `mlflow-artifacts:/${wordsOf(view).experimentId}/${toRunId(view.id)}/artifacts/models/${id}`;
}

/** @param model - of a run @param latest - of all its series @returns those that were logged with the model */
export function metricsOf<Series extends { labels: Labels }>({ id }: LoggedModel, latest: readonly Series[]): Series[] {
  return latest.filter(({ labels }) => labels["model"] === id);
}

/** @param view - of the run that holds it @param model - logged @returns MLflow's id of the run that logged it */
export function sourceRunOf(view: RunView, { sourceRun }: LoggedModel): string {
  return sourceRun ?? toRunId(view.id);
}

/** @param read - of the request @param view - of the run that holds it @param model - logged @returns `LoggedModel` of MLflow */
export async function modelJson(read: Read, view: RunView, model: LoggedModel): Promise<object> {
  const pairs = (entries: Iterable<readonly [string, string]>) => [...entries].map(([key, value]) => ({ key, value }));
  const metrics = metricsOf(model, await read.latest(toInstanceId(sourceRunOf(view, model))));
  return {
    info: {
      model_id: model.id,
      experiment_id: wordsOf(view).experimentId,
      name: model.name,
      artifact_uri: placeOf(view, model),
      creation_timestamp_ms: model.createdMs,
      last_updated_timestamp_ms: model.changedMs,
      model_type: model.type,
      source_run_id: sourceRunOf(view, model),
      status: model.status,
      status_message: model.message,
      tags: pairs(Object.entries(model.tags)),
    },
    data: {
      params: pairs(new Map([...paramsOf(view), ...Object.entries(model.params)])),
      metrics: metrics.map(({ name, point }) => ({ ...metricJson(name, point), model_id: model.id })),
    },
  };
}
