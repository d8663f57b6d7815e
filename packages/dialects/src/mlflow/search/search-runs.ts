import { asObject } from "../../body.js";
import type { DialectAnswer, Read, Route, RouteContext, RunView } from "../../ports.js";
import { RefusedError } from "../../refused-error.js";
import { answer } from "../answer.js";
import { Fields } from "../fields.js";
import { MLFLOW, toRunId } from "../names.js";
import { paramsOf, RUN_NAME, runJson, statusOf, wordsOf } from "../run-words.js";
import type { SearchKey } from "./condition.js";
import type { SearchValue } from "./holds.js";
import { searchPage } from "./search-page.js";

/** The search for runs. */
export const SEARCH_ROUTES: readonly Route[] = [{ method: "POST", path: "/api/2.0/mlflow/runs/search", handle: searchRuns }];

/** A run with all that a search may ask of it. */
interface FoundRun {
  view: RunView;
  latest: Awaited<ReturnType<Read["latest"]>>;
  params: ReadonlyMap<string, string>;
  words: ReturnType<typeof wordsOf>;
}

async function searchRuns({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const wanted = new Set(fields.list("experiment_ids").map(String));
  const runs: FoundRun[] = [];
  for await (const view of read.runs(MLFLOW)) {
    const words = wordsOf(view);
    if (wanted.has(words.experimentId)) runs.push({ view, words, params: paramsOf(view), latest: await read.latest(view.id) });
  }
  runs.sort((a, b) => startMs(b) - startMs(a) || (a.view.id < b.view.id ? -1 : 1));
  const { items, nextPageToken } = searchPage(runs, fields, {
    isDeleted: ({ view }) => view.isDeleted,
    value: valueOf,
    defaultEntity: "attribute",
  });
  return answer({
    runs: items.map(({ view, latest }) => runJson(view, latest)),
    ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
  });
}

function startMs({ view }: FoundRun): number {
  return Date.parse(view.facts.startTime ?? "") || 0;
}

function valueOf(run: FoundRun, { entity, key }: SearchKey): SearchValue {
  switch (entity) {
    case "metric":
      return run.latest.find(({ name }) => name === key)?.point.value;
    case "param":
      return run.params.get(key);
    case "tag":
      return run.words.tags.get(key);
    case "dataset":
      return datasetValues(run, key);
    default:
      return attributeOf(run, key);
  }
}

function attributeOf(run: FoundRun, key: string): SearchValue {
  const { facts, id } = run.view;
  switch (key.toLowerCase().replaceAll(" ", "_")) {
    case "run_id":
      return toRunId(id);
    case "run_name":
      return run.words.tags.get(RUN_NAME);
    case "user_id":
      return run.words.user;
    case "status":
      return statusOf(facts);
    case "artifact_uri":
      return `mlflow-artifacts:/${run.words.experimentId}/${toRunId(id)}/artifacts`;
    case "start_time":
    case "created":
      return startMs(run);
    case "end_time":
      return facts.stopTime === undefined ? undefined : Date.parse(facts.stopTime);
    default:
      throw new RefusedError("invalid", `Invalid attribute key '${key}' specified.`);
  }
}

function datasetValues({ words }: FoundRun, key: string): string[] {
  return [...words.inputs.values()].flatMap((text) => {
    const input = asObject(JSON.parse(text));
    if (key !== "context") return [String(asObject(input?.["dataset"])?.[key] ?? "")];
    const tags = (input?.["tags"] ?? []) as { key?: string; value?: string }[];
    return tags.filter((tag) => tag.key === "mlflow.data.context").map((tag) => tag.value ?? "");
  });
}
