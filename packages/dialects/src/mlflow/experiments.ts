import type { DialectAnswer, Route, RouteContext } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";
import { createExperiment, type Experiment, experimentOf, experiments, keepExperiment, keepTag } from "./experiment-book.js";
import { Fields } from "./fields.js";
import { trainingOf } from "./names.js";
import { searchPage } from "./search/search-page.js";

const ROOT = "/api/2.0/mlflow/experiments";

/** What clients ask about experiments. */
export const EXPERIMENT_ROUTES: readonly Route[] = [
  { method: "POST", path: `${ROOT}/create`, handle: create },
  { method: "GET", path: `${ROOT}/get`, handle: get },
  { method: "GET", path: `${ROOT}/get-by-name`, handle: getByName },
  { method: "POST", path: `${ROOT}/search`, handle: search },
  { method: "GET", path: `${ROOT}/search`, handle: search },
  {
    method: "POST",
    path: `${ROOT}/update`,
    handle: change((experiment, fields) => ({ ...experiment, name: fields.requiredText("new_name") })),
  },
  { method: "POST", path: `${ROOT}/delete`, handle: change((experiment) => ({ ...experiment, isDeleted: true })) },
  { method: "POST", path: `${ROOT}/restore`, handle: change((experiment) => ({ ...experiment, isDeleted: false })) },
  { method: "POST", path: `${ROOT}/set-experiment-tag`, handle: setTag },
];

async function create(context: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(context.request);
  const tags = Object.fromEntries(fields.pairs("tags").map(({ key, value }) => [key, value]));
  const { id } = await createExperiment(context, fields.requiredText("name"), tags);
  return answer({ experiment_id: id });
}

async function get({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  return answer({ experiment: experimentJson(await experimentOf(read, fields.requiredText("experiment_id"))) });
}

async function getByName({ request, read }: RouteContext): Promise<DialectAnswer> {
  const name = (await Fields.of(request)).requiredText("experiment_name");
  const found = (await experiments(read)).find((experiment) => experiment.name === name);
  if (!found) throw new RefusedError("absent", `Could not find experiment with name '${name}'`);
  return answer({ experiment: experimentJson(found) });
}

async function search({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  // Without a wish the newest comes first.
  const all = (await experiments(read)).toSorted((a, b) => b.createdMs - a.createdMs);
  const { items, nextPageToken } = searchPage(all, fields, {
    isDeleted: ({ isDeleted }) => isDeleted,
    defaultEntity: "attribute",
    value: (experiment, { entity, key }) => (entity === "tag" ? experiment.tags[key] : attributeOf(experiment, key)),
  });
  return answer({ experiments: items.map(experimentJson), ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }) });
}

/** A route that changes one experiment. @param changed - the experiment as it is then */
function change(changed: (experiment: Experiment, fields: Fields) => Experiment): Route["handle"] {
  return async ({ request, sink, read }) => {
    const fields = await Fields.of(request);
    const experiment = await experimentOf(read, fields.requiredText("experiment_id"));
    await keepExperiment(sink, { ...changed(experiment, fields), changedMs: Date.now() });
    return answer();
  };
}

async function setTag({ request, sink, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const experiment = await experimentOf(read, fields.requiredText("experiment_id"));
  await keepTag(sink, experiment, fields.requiredText("key"), fields.text("value") ?? "");
  return answer();
}

function attributeOf(experiment: Experiment, key: string): string | number | undefined {
  switch (key) {
    case "name":
      return experiment.name;
    case "experiment_id":
      return experiment.id;
    case "creation_time":
      return experiment.createdMs;
    case "last_update_time":
      return experiment.changedMs;
    default:
      throw new RefusedError("invalid", `Invalid attribute key '${key}' specified.`);
  }
}

function experimentJson({ id, name, tags, isDeleted, createdMs, changedMs }: Experiment): object {
  return {
    experiment_id: id,
    name,
    artifact_location: `mlflow-artifacts:/${id}`,
    lifecycle_stage: isDeleted ? "deleted" : "active",
    creation_time: createdMs,
    last_update_time: changedMs,
    // Not of MLflow, whose clients pass over it: the portal goes by it from an address of theirs to the runs.
    training: trainingOf(name),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
}
