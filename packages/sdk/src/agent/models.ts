import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { lineageOf } from "../snapshot/lineage.js";
import type { AttendedRun } from "./attended-run.js";
import type { SnapshotListener } from "./audience.js";
import type { AgentClient } from "./client.js";
import { type AgentRequest, type AnswerFields, listOf, optionalTextOf, RequestError, textOf } from "./request.js";

/** How often it is looked whether another process has stored the model. */
const LOOK_MS = 250;

/** Uploads the files in a run's log folder. */
export async function uploadLogs(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const { layout, place } = client.runNamed(textOf(request, "run"));
  const { uploadLogFiles } = await import("../snapshot/models.js");
  const stored = await uploadLogFiles(layout.logs, place.instance, place.settings);
  return { files: stored.map(({ key, url }) => ({ key, url })) };
}

/** Downloads a model: unpacks it to `folder`, or stores its archive as `file`. */
export async function downloadModel(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const { settings } = client.runNamed(textOf(request, "run")).place;
  const { downloadModelArchive, downloadModelFiles } = await import("../snapshot/models.js");
  const [name, version, file] = [textOf(request, "name"), optionalTextOf(request, "version"), optionalTextOf(request, "file")];
  if (file !== undefined) return { file: await downloadModelArchive(name, version, file, settings) };
  return { folder: await downloadModelFiles(name, version, textOf(request, "folder"), settings) };
}

/** Puts a model of the user's own in line, and answers when it is stored and registered, or cannot be now. */
export async function uploadModel(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const run = client.runNamed(textOf(request, "run"));
  const { workspace, instance, settings } = run.place;
  const [model, files] = [textOf(request, "name"), listOf(request, "files")];
  if (files.length === 0) throw new RequestError("SNAPSHOT_EMPTY", `name the files of model ${model}`);
  const missing = files.find((file) => !isAbsolute(file) || !existsSync(file));
  if (missing !== undefined)
    throw new RequestError("FILE_UNREADABLE", `the agent on ${client.agent.host} sees no file or folder ${missing}`);
  const key = optionalTextOf(request, "key");
  const id = run.snapshots.jobs.add({
    kind: "custom",
    model,
    format: "tar.gz",
    ...(key === undefined ? {} : { key }),
    files,
    metric: {},
    ...lineageOf(workspace, { instance, training: settings.training }),
  });
  run.snapshots.look();
  const url = await registration(run, id, model, client.signal);
  return { model, url };
}

function registration(run: AttendedRun, id: string, model: string, signal: AbortSignal): Promise<string> {
  const { audience, snapshots } = run;
  return new Promise((resolve, reject) => {
    const listener: SnapshotListener = (result) => {
      if ("registered" in result) {
        if (result.registered.id === id) end(() => resolve(result.registered.stored?.url ?? ""));
        return;
      }
      const { kind, message, job } = result.trouble;
      if (kind === "note" || (job !== undefined && job.id !== id)) return;
      const error =
        kind === "given_up"
          ? new RequestError("SNAPSHOT_GIVEN_UP", message)
          : new RequestError("SNAPSHOT_WAITS", `${message}; it is tried again`);
      end(() => reject(error));
    };
    // Another process that attends the run may have been the one to store it.
    const timer = setInterval(() => {
      if (snapshots.jobs.read(id)) return;
      const job = snapshots.jobs.registered().find((one) => one.id === id);
      if (job) listener({ registered: job });
      const givenUp = snapshots.jobs.readGivenUp(id);
      if (givenUp) end(() => reject(new RequestError("SNAPSHOT_GIVEN_UP", `model ${model} is given up: ${givenUp.reason}`)));
    }, LOOK_MS);
    const end = (settle: () => void) => {
      clearInterval(timer);
      audience.snapshotListeners.delete(listener);
      signal.removeEventListener("abort", leave);
      settle();
    };
    const leave = () => end(() => resolve(""));
    audience.snapshotListeners.add(listener);
    signal.addEventListener("abort", leave);
  });
}
