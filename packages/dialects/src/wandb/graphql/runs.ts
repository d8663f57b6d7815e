import type { InstanceFacts } from "ava-protocol";
import { appendUnlessTooLarge } from "../../append-fitting.js";
import { displayName } from "../../names.js";
import { objectText } from "../../params-text.js";
import type { Read, RouteContext, RunRecord, RunView } from "../../ports.js";
import { print64 } from "../../print.js";
import { configRecords } from "../config.js";
import { uploadUrl } from "../files.js";
import { ENTITY, FILES, keyOf, OWN, ownValue, textOf, viewOf } from "../run.js";
import { type Operation, projectOf, type Variables } from "./operation.js";
import { resumeStatus } from "./resume.js";

/** What clients ask about a run. */
export const RUN_OPERATIONS: Readonly<Record<string, Operation>> = {
  UpsertBucket: upsertBucket,
  RunResumeStatus: ({ project, name }, { read }) => resumeStatus(projectOf(project), String(name), read),
  RunStoppedStatus: async ({ projectName, runId }, { read }) => ({
    project: { run: { stopped: (await viewOf(read, projectOf(projectName), String(runId))).stopReason !== undefined } },
  }),
  CreateRunFiles: createRunFiles,
  RunUploadUrls: runUploadUrls,
  MarkRunFilesUploaded: () => ({ markRunFilesUploaded: { success: true } }),
  NotifyScriptableRunAlert: async (variables, { sink, read }) => {
    const { id } = await viewOf(read, projectOf(variables["projectName"]), String(variables["runName"]));
    // A client that had no answer sends it again; it has no number.
    const prints = [print64(`alert ${JSON.stringify([variables["title"], variables["text"], variables["severity"]])}`)];
    await sink.append(id, [{ kind: "passedOver", what: "alerts", count: 1 }], { prints });
    return { notifyScriptableRunAlert: { success: true } };
  },
};

/** What the client tells of a run beside its config: the member of {@link OWN}, and the client's word for it. */
const TOLD: Readonly<Record<string, string>> = { group: "groupName", job_type: "jobType", notes: "notes", tags: "tags", sweep: "sweep" };

async function upsertBucket(variables: Variables, { sink, read }: RouteContext): Promise<object> {
  const run = textOf(variables["name"]) ?? textOf(variables["id"]) ?? "";
  const project = projectOf(variables["project"]);
  const key = keyOf(project, run);
  const known = await read.find(key);
  const { id, isNew } = known === undefined ? await sink.open(key, startFacts(variables, project, run)) : { id: known, isNew: false };
  const records: RunRecord[] = [{ kind: "facts", facts: { ...nameFacts(variables), ...(isNew ? {} : { state: "running" }) } }];
  const told = Object.entries(TOLD).flatMap(([name, word]) => {
    const value = variables[word];
    return value === undefined || value === null || value === "" ? [] : [[name, JSON.stringify(value)] as const];
  });
  if (told.length > 0) records.push({ kind: "params", within: [OWN], members: new Map(told) });
  const config = textOf(variables["config"]);
  await sink.append(id, records);
  if (config !== undefined) await appendUnlessTooLarge(sink, id, configRecords(config), "configs beyond the size of a run's params");
  return {
    upsertBucket: {
      bucket: bucketJson(await viewOf(read, project, run), project, run, await read.nextLine(id, FILES.history)),
      inserted: isNew,
    },
  };
}

function startFacts(variables: Variables, project: string, run: string): InstanceFacts {
  const { training } = keyOf(project, run);
  const own = { project, run };
  const host = textOf(variables["host"]);
  return {
    training,
    state: "running",
    startTime: new Date().toISOString(),
    paramsText: objectText(new Map([[OWN, JSON.stringify(own)]])),
    ...nameFacts(variables),
    ...(host === undefined ? {} : { host }),
  };
}

function nameFacts(variables: Variables): InstanceFacts {
  const name = displayName(textOf(variables["displayName"]) ?? "");
  return name === "" ? {} : { name };
}

function bucketJson(view: RunView, project: string, run: string, lines: number): object {
  return {
    id: view.id,
    name: run,
    displayName: view.facts.name ?? run,
    description: null,
    config: "{}",
    sweepName: ownValue(view, "sweep") ?? null,
    project: { id: project, name: project, entity: { id: ENTITY, name: ENTITY } },
    historyLineCount: lines,
  };
}

async function createRunFiles({ project, run, files }: Variables, { request, read }: RouteContext): Promise<object> {
  const { id } = await runOf(read, project, run);
  const urls = uploadsOf(files, request, id).map(({ name, url }) => ({ name, uploadUrl: url }));
  return { createRunFiles: { runID: id, uploadHeaders: [], files: urls } };
}

/** What clients before 0.16 ask in place of CreateRunFiles. */
async function runUploadUrls({ name: project, run, files }: Variables, { request, read }: RouteContext): Promise<object> {
  const { id } = await runOf(read, project, run);
  const edges = uploadsOf(files, request, id).map((node) => ({ node: { ...node, updatedAt: null } }));
  return { model: { bucket: { id, files: { uploadHeaders: [], edges } } } };
}

function uploadsOf(files: unknown, { origin }: RouteContext["request"], id: string): { name: string; url: string }[] {
  const names = Array.isArray(files) ? files.map(String) : [];
  return names.map((name) => ({ name, url: uploadUrl(origin, id, name) }));
}

function runOf(read: Read, project: unknown, run: unknown): Promise<RunView> {
  return viewOf(read, projectOf(project), String(run));
}
