import { realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { ID_PATTERN } from "ava-protocol";
import { markOf, processOf } from "../machine/is-alive.js";
import { readEnvironment } from "../place/settings/environment.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { runLayout } from "../place/workspace/layout.js";
import { makePrivateFolder } from "../place/workspace/make-folder.js";
import type { AgentClient } from "./client.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, RequestError, textOf, textsOf } from "./request.js";
import type { WatchedProcess } from "./run-watch.js";

/**
 * Attends a run for a client.
 *
 * @param request - see docs/formats/agent.md
 * @param client - the client
 * @returns fields of the answer
 * @throws RequestError bad_request, AvaError of wrong settings
 */
export function attach(request: AgentRequest, client: AgentClient): AnswerFields {
  const name = textOf(request, "run");
  const instance = textOf(request, "instance");
  if (!isAbsolute(name) || basename(name) !== instance || !ID_PATTERN.test(instance)) {
    throw new RequestError("bad_request", `'run' has to be the absolute path of the folder of instance '${instance}'`);
  }
  const isShared = isSeen(name, optionalTextOf(request, "probe"));
  const workspace = isShared ? dirname(dirname(resolve(name))) : findWorkspace();
  const folder = runLayout(workspace, instance).base;
  const words: string[] = [];
  makePrivateFolder(join(folder, "journal"));
  const run = client.agent.attend(realpathSync(folder), () => ({
    workspace,
    instance,
    isMirror: !isShared,
    settings: resolveSettings(
      { trainingInsId: instance, training: optionalTextOf(request, "training") },
      isShared ? textOf(request, "workspace") : workspace,
      (message) => words.push(message),
      readEnvironment(textsOf(request, "environment")),
    ),
  }));
  const isHere = isShared && client.host === client.agent.host;
  run.attach(client, name, isHere ? watchedOf(request, client.host) : undefined);
  client.keep(name, run, isShared);
  // After the answer.
  setImmediate(() => {
    for (const message of words) client.tell({ event: "notice", run: name, message });
    run.audience.catchUp(client);
  });
  return { isShared };
}

/** Without a probe a folder that is there is taken to be the same. */
function isSeen(run: string, probe: string | undefined): boolean {
  if (probe !== undefined && (probe.includes("/") || probe === "..")) throw new RequestError("bad_request", "'probe' has to be a name");
  return statSync(probe === undefined ? run : join(run, probe), { throwIfNoEntry: false }) !== undefined;
}

function watchedOf(request: AgentRequest, host: string): WatchedProcess | undefined {
  const pid = optionalNumberOf(request, "pid");
  if (pid === undefined || pid <= 0) return undefined;
  const mark = markOf(request["process"]);
  const program = optionalTextOf(request, "program");
  const workingFolder = optionalTextOf(request, "workingFolder");
  const labels = textsOf(request, "labels");
  const systemMetricsIntervalMs = optionalNumberOf(request, "systemMetricsIntervalMs");
  return {
    process: mark ? { pid, host, process: mark } : processOf(pid),
    ...(program ? { program } : {}),
    ...(workingFolder ? { workingFolder } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(systemMetricsIntervalMs === undefined ? {} : { systemMetricsIntervalMs }),
  };
}
