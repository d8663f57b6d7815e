import type { InstanceFacts, Labels } from "ava-protocol";
import { displayName } from "../names.js";
import { membersOf } from "../params-text.js";
import type { RunRecord, RunView, SeriesPoint } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { metricJson } from "./answer.js";
import { MLFLOW, toRunId } from "./names.js";

/** What MLflow knows of a run beside params and metrics, in the member `mlflow` of the params. */
export interface RunWords {
  experimentId: string;
  user: string;
  tags: Map<string, string>;
  /** JSON texts of what `log_input` told. */
  inputs: Map<string, string>;
  /** JSON texts of logged models, by id. */
  models: Map<string, string>;
}

/** Where the tags of a run stand in its params. */
export const TAGS: readonly string[] = [MLFLOW, "tags"];
/** Where the inputs of a run stand in its params. */
export const INPUTS: readonly string[] = [MLFLOW, "inputs"];
/** Where the models of a run stand in its params. */
export const MODELS: readonly string[] = [MLFLOW, "models"];
/** Where what client 2 told of models stands in the params of a run. */
export const HISTORY: readonly string[] = [MLFLOW, "history"];
/** Member of the params in which a param of the client stands that is called `mlflow`, too. */
const SAME_NAME = "param";
/** Tag that lists it for its clients. */
const HISTORY_TAG = "mlflow.log-model.history";
/** What is counted where the params of a run have no room. */
export const TOO_LARGE = "params, tags, inputs and models beyond the size of a run's params";
/** Tag with the name of a run. */
export const RUN_NAME = "mlflow.runName";
/** The words of an end that MLflow calls KILLED. */
const KILLED = "killed";
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** @param view - a run of this dialect @returns what MLflow alone knows of it */
export function wordsOf({ facts }: RunView): RunWords {
  const own = membersOf(membersOf(facts.paramsText).get(MLFLOW) ?? "{}");
  const tags = new Map([...membersOf(own.get("tags") ?? "{}")].map(([key, text]) => [key, textOf(text)] as const));
  const history = [...membersOf(own.get("history") ?? "{}").values()];
  // Behind those that an older platform kept in the tag itself.
  const before = /^\s*\[(.*)\]\s*$/s.exec(tags.get(HISTORY_TAG) ?? "")?.[1]?.trim() ?? "";
  if (history.length > 0) tags.set(HISTORY_TAG, `[${(before === "" ? history : [before, ...history]).join(", ")}]`);
  return {
    experimentId: textOf(own.get("experiment_id") ?? '"0"'),
    user: textOf(own.get("user") ?? '""'),
    tags,
    inputs: membersOf(own.get("inputs") ?? "{}"),
    models: membersOf(own.get("models") ?? "{}"),
  };
}

/** @param view - a run of this dialect @returns its params as texts */
export function paramsOf({ facts }: RunView): Map<string, string> {
  const members = membersOf(facts.paramsText);
  const sameName = membersOf(members.get(MLFLOW) ?? "{}").get(SAME_NAME);
  if (sameName === undefined) members.delete(MLFLOW);
  else members.set(MLFLOW, sameName);
  return new Map([...members].map(([key, text]) => [key, textOf(text)]));
}

/** @param params - keys and values @returns the records that set them; one called `mlflow` stands within what MLflow alone has */
export function recordsOfParams(params: Iterable<readonly [key: string, value: string]>): RunRecord[] {
  const members = new Map([...params].map(([key, value]) => [key, paramText(value)]));
  const sameName = members.get(MLFLOW);
  if (sameName === undefined) return [{ kind: "params", within: [], members }];
  members.delete(MLFLOW);
  return [
    { kind: "params", within: [], members },
    { kind: "params", within: [MLFLOW], members: new Map([[SAME_NAME, sameName]]) },
  ];
}

/** What looks like a number of JSON is one, digit for digit; everything else is text. @param value - of a param @returns JSON text */
function paramText(value: string): string {
  return JSON_NUMBER.test(value) ? value : JSON.stringify(value);
}

function textOf(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** @param status - of MLflow @param endMs - of the run @returns the facts that it means @throws RefusedError `invalid` */
export function statusFacts(status: string, endMs: number | undefined): InstanceFacts {
  const stopTime = endMs === undefined ? {} : { stopTime: new Date(endMs).toISOString() };
  switch (status) {
    case "RUNNING":
    case "SCHEDULED":
      return { state: "running" };
    case "FINISHED":
      return { state: "done", ...stopTime, end: {} };
    case "FAILED":
      return { state: "failed", ...stopTime, end: {} };
    case "KILLED":
      return { state: "failed", ...stopTime, end: { message: KILLED, stoppedBy: "signal" } };
    default:
      throw new RefusedError("invalid", `Invalid value '${status}' for parameter 'status'.`);
  }
}

/** @param facts - of a run @returns its status for MLflow */
export function statusOf({ state, end }: InstanceFacts): string {
  if (state === "done") return "FINISHED";
  if (state === "failed") return end?.message === KILLED ? "KILLED" : "FAILED";
  return "RUNNING";
}

/** @param tags - that are set @returns the records of them; the name of the instance follows that of the run */
export function tagRecords(tags: readonly { key: string; value: string }[]): RunRecord[] {
  if (tags.length === 0) return [];
  const members = new Map(tags.map(({ key, value }) => [key, JSON.stringify(value)]));
  const tagged: RunRecord = { kind: "params", within: TAGS, members };
  const name = displayName(tags.findLast(({ key }) => key === RUN_NAME)?.value ?? "");
  return name === "" ? [tagged] : [tagged, { kind: "facts", facts: { name } }];
}

/** @param view - a run @returns `RunInfo` of MLflow */
export function infoJson(view: RunView): object {
  const { facts, isDeleted } = view;
  const { experimentId, user, tags } = wordsOf(view);
  const runId = toRunId(view.id);
  return {
    run_id: runId,
    run_uuid: runId,
    run_name: tags.get(RUN_NAME) ?? "",
    experiment_id: experimentId,
    user_id: user,
    status: statusOf(facts),
    start_time: Date.parse(facts.startTime ?? "") || 0,
    ...(facts.stopTime === undefined ? {} : { end_time: Date.parse(facts.stopTime) }),
    artifact_uri: `mlflow-artifacts:/${experimentId}/${runId}/artifacts`,
    lifecycle_stage: isDeleted ? "deleted" : "active",
  };
}

/** @param view - a run @param latest - a point of each of its series @returns `Run` of MLflow */
export function runJson(view: RunView, latest: readonly { name: string; labels: Labels; point: SeriesPoint }[]): object {
  const { tags, inputs, models } = wordsOf(view);
  const outputs = [...models].map(([id, text]) => ({ model_id: id, step: (JSON.parse(text) as { step?: number }).step }));
  const logged = outputs.filter(({ step }) => step !== undefined);
  const pairs = (map: ReadonlyMap<string, string>) => [...map].map(([key, value]) => ({ key, value }));
  return {
    info: infoJson(view),
    data: { metrics: latest.map(({ name, point }) => metricJson(name, point)), params: pairs(paramsOf(view)), tags: pairs(tags) },
    inputs: inputs.size === 0 ? {} : { dataset_inputs: [...inputs.values()].map((text) => JSON.parse(text) as unknown) },
    outputs: logged.length === 0 ? {} : { model_outputs: logged },
  };
}
