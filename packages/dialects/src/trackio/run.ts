import { asObject } from "../body.js";
import { displayName, trainingName } from "../names.js";
import type { Read, RouteContext, RunKey, RunView, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import type { Call } from "./call.js";

/** Name of this dialect, and of the member of the params for what Trackio alone has of a run. */
export const TRACKIO = "trackio";

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

/** @param run - of an entry @returns its key: the project is the training */
function keyOf({ project, id }: EntryRun): RunKey {
  return { dialect: TRACKIO, training: trainingName(project), run: id };
}

/** @param run - of an entry @param sink - of the request @param read - of the request @returns the run, which is made where it is new */
export async function openRun(run: EntryRun, sink: Sink, read: Read): Promise<RunView> {
  const key = keyOf(run);
  const name = displayName(run.name);
  const own = JSON.stringify({ project: run.project, run: run.name, run_id: run.id });
  const id =
    (await read.find(key)) ??
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
