import { appendFitting } from "../append-fitting.js";
import { objectText } from "../params-text.js";
import type { DialectAnswer, Read, Route, RouteContext, RunRecord, RunView } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";
import { experiments } from "./experiment-book.js";
import { Fields, type KeyValue } from "./fields.js";
import { DEFAULT_EXPERIMENT, MLFLOW, madeUpName, trainingOf } from "./names.js";
import { infoJson, RUN_NAME, runJson, statusFacts, TOO_LARGE, tagRecords } from "./run-words.js";

const ROOT = "/api/2.0/mlflow/runs";

/** What clients ask about runs as a whole. */
export const RUN_ROUTES: readonly Route[] = [
  { method: "POST", path: `${ROOT}/create`, handle: create },
  { method: "GET", path: `${ROOT}/get`, handle: get },
  { method: "POST", path: `${ROOT}/update`, handle: update },
  { method: "POST", path: `${ROOT}/delete`, handle: (context) => setDeleted(context, true) },
  { method: "POST", path: `${ROOT}/restore`, handle: (context) => setDeleted(context, false) },
];

/** @param read - of the request @param id - of an instance @returns the run @throws RefusedError `absent` */
export async function viewOf(read: Read, id: string): Promise<RunView> {
  const view = await read.run(id);
  if (view?.dialect !== MLFLOW) throw new RefusedError("absent", `Run with id=${id} not found`);
  return view;
}

/** @param read - of the request @param id - of an instance @returns a run that takes records @throws RefusedError */
export async function activeRun(read: Read, id: string): Promise<RunView> {
  const view = await viewOf(read, id);
  if (view.isDeleted) throw new RefusedError("invalid", `The run ${id} must be in the 'active' state. Current state is deleted.`);
  return view;
}

async function create({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const tags = fields.pairs("tags");
  const name = fields.text("run_name") || tags.findLast(({ key }) => key === RUN_NAME)?.value;
  const told = { tags, user: fields.text("user_id"), startMs: fields.timeMs("start_time"), name };
  return answer({ run: runJson(await openRun({ sink, read }, fields.text("experiment_id"), told), []) });
}

/**
 * Makes a run.
 *
 * @param context - of the request
 * @param experiment - id; absent: the one that is always there
 * @param told - what the client said of it; without a name it gets one
 */
export async function openRun(
  { sink, read }: Pick<RouteContext, "sink" | "read">,
  experiment: string | undefined,
  {
    tags = [],
    user = "",
    startMs = 0,
    name: toldName,
  }: { tags?: readonly KeyValue[]; user?: string | undefined; startMs?: number | undefined; name?: string | undefined },
): Promise<RunView> {
  const experimentId = experiment || DEFAULT_EXPERIMENT.id;
  // A training is not to fail for an id that another platform has given: the run is kept under a name made of it.
  const name = (await experiments(read)).find(({ id }) => id === experimentId)?.name ?? `experiment ${experimentId}`;
  const training = trainingOf(name);
  const paramsText = objectText(new Map([[MLFLOW, JSON.stringify({ experiment_id: experimentId, experiment: name, user })]]));
  const { id } = await sink.open(
    { dialect: MLFLOW, training },
    { training, state: "running", startTime: new Date(startMs).toISOString(), paramsText },
  );
  const runName = { key: RUN_NAME, value: toldName || madeUpName(id) };
  await appendFitting(sink, id, tagRecords([...tags.filter(({ key }) => key !== runName.key), runName]), TOO_LARGE);
  return viewOf(read, id);
}

async function get({ request, read }: RouteContext): Promise<DialectAnswer> {
  const view = await viewOf(read, (await Fields.of(request)).instanceId());
  return answer({ run: runJson(view, await read.latest(view.id)) });
}

async function update({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const { id } = await activeRun(read, fields.instanceId());
  const [status, name] = [fields.text("status"), fields.text("run_name")];
  const records: RunRecord[] = name ? tagRecords([{ key: RUN_NAME, value: name }]) : [];
  if (status !== undefined) records.push({ kind: "facts", facts: statusFacts(status, fields.timeMs("end_time")) });
  await appendFitting(sink, id, records, TOO_LARGE);
  return answer({ run_info: infoJson(await viewOf(read, id)) });
}

async function setDeleted({ request, sink, read }: RouteContext, isDeleted: boolean): Promise<DialectAnswer> {
  const { id } = await viewOf(read, (await Fields.of(request)).instanceId());
  await sink.setDeleted(id, isDeleted);
  return answer();
}
