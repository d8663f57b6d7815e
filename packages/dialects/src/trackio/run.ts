import { asObject } from "../body.js";
import { displayName, trainingName } from "../names.js";
import type { Read, RouteContext, RunKey, RunView, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import type { Call } from "./call.js";

/** Name of this dialect, and of the member of the params for what Trackio alone has of a run. */
export const TRACKIO = "trackio";

/** Tells a run that was made for files, before the client named a run. */
const FILES_FIRST = "files_first";

/** Which run an entry is of. */
export interface EntryRun {
  project: string;
  name: string;
  id: string;
}

/** @param entry - of a call @returns its run @throws RefusedError `invalid` */
export function runOf(entry: unknown): EntryRun {
  const { project, run, run_id } = asObject(entry) ?? {};
  const name = typeof run === "string" ? run : "";
  const id = typeof run_id === "string" && run_id !== "" ? run_id : name;
  if (typeof project !== "string" || id === "") throw new RefusedError("invalid", "an entry names no project or no run");
  return { project, name, id };
}

/** @param project - of which files are saved before one of its runs is known @returns the run that they are of: what logs first is this one */
export function runWithoutName(project: unknown): EntryRun {
  if (typeof project !== "string") throw new RefusedError("invalid", "an entry names no project");
  return { project, name: "", id: "" };
}

/** @param run - of an entry @returns its key: the project is the training */
function keyOf({ project, id }: EntryRun): RunKey {
  return { dialect: TRACKIO, training: trainingName(project), run: id };
}

/** @param run - of an entry @param sink - of the request @param read - of the request @returns the run, which is made where it is new */
export async function openRun(run: EntryRun, sink: Sink, read: Read): Promise<RunView> {
  const key = keyOf(run);
  const name = displayName(run.name);
  const own = JSON.stringify({ project: run.project, run: run.name, run_id: run.id, ...(run.id === "" ? { [FILES_FIRST]: true } : {}) });
  const id =
    (await read.find(key)) ??
    (await takeWithoutName(run, sink, read)) ??
    (
      await sink.open(key, {
        training: key.training,
        state: "running",
        startTime: new Date().toISOString(),
        paramsText: `{"${TRACKIO}": ${own}}`,
        ...(name === "" ? {} : { name }),
      })
    ).id;
  const view = await read.run(id);
  if (!view) throw new RefusedError("absent", `there is no run ${run.name}`);
  return view;
}

/** @returns the run without a name of the project, which becomes this one or has become it before */
async function takeWithoutName(run: EntryRun, sink: Sink, read: Read): Promise<string | undefined> {
  const first = (await runsOfProject(run.project, read)).find((one) => FILES_FIRST in ownOf(one));
  if (!first) return undefined;
  const own = ownOf(first);
  if (own["run_id"] === run.id) return first.id;
  if (own["run_id"] !== "") return undefined;
  const members = new Map(Object.entries({ run: run.name, run_id: run.id }).map(([key, value]) => [key, JSON.stringify(value)] as const));
  const name = displayName(run.name);
  const named = name === "" ? [] : [{ kind: "facts", facts: { name } } as const];
  await sink.append(first.id, [{ kind: "params", within: [TRACKIO], members }, ...named]);
  return first.id;
}

/** For `resume`: runs of a project that passed through here. */
export async function listRuns({ kwargs }: Call, { read }: RouteContext): Promise<unknown> {
  const runs = await runsOfProject(kwargs["project"], read);
  return runs.map((run) => ({ id: ownOf(run)["run_id"], name: ownOf(run)["run"], created_at: run.facts.startTime ?? null }));
}

/** @param project - of the client @param read - of the request @returns its runs that passed through here, the newest last */
export async function runsOfProject(project: unknown, read: Read): Promise<RunView[]> {
  const found: RunView[] = [];
  for await (const run of read.runs(TRACKIO)) if (ownOf(run)["project"] === project) found.push(run);
  return found;
}

function ownOf({ facts }: RunView): Readonly<Record<string, unknown>> {
  return asObject(asObject(JSON.parse(facts.paramsText))?.[TRACKIO]) ?? {};
}
