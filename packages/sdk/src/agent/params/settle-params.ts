import { DEFAULT_TRAINING, type InstanceFacts, parseJsonText } from "ava-protocol";
import type { Notices } from "../../place/notices/notices.js";
import { type FetchedParams, keepFetched, lastFetched } from "../../place/params/fetched-params.js";
import { readJsonText } from "../../place/params/json-file.js";
import { readEnvironment } from "../../place/settings/environment.js";
import type { Settings } from "../../place/settings/settings.js";
import { defaultParamsPath } from "../../place/workspace/layout.js";
import { askParams, type PlatformParams } from "./ask-params.js";

/** Params of a run, and where they come from. */
export interface RunParams extends Pick<InstanceFacts, "paramsRevision"> {
  /** Text of a JSON object. */
  text: string;
  /** `given` to the run by a person or a program; `instance`: the platform has them for its id. */
  from: "given" | "instance" | "training";
}

/**
 * Finds the params that the platform has for a run: those of its instance before those of its training, which then stand in `params/default.json`. Asked is only
 * for a named training or instance, and for two seconds at most; with the platform away the training's are those that were fetched last.
 *
 * @param workspace - prepared
 * @param settings - of the run
 * @param notices - told where the params come from
 * @returns them; `undefined` where the platform has none, and the workspace's count
 */
export async function settleParams(workspace: string, settings: Settings, notices: Notices): Promise<RunParams | undefined> {
  const { training, trainingInsId: id } = settings;
  // A parent that records this process's console has asked, and left them in the folder of the run.
  if (readEnvironment().consoleOf !== undefined || (training === DEFAULT_TRAINING && id === undefined)) return undefined;
  let found: PlatformParams;
  try {
    found = await askParams(settings);
  } catch (error) {
    return withoutPlatform(workspace, training, (error as Error).message, notices);
  }
  const { instance } = found;
  if (instance !== undefined && !isEmpty(instance.paramsText) && !(instance.paramsFrom === "workspace" && hasOwn(workspace))) {
    notices.tell(`params: those that the platform has for the instance ${id}`);
    const { paramsText: text, paramsRevision } = instance;
    return { text, from: "instance", ...(paramsRevision === undefined ? {} : { paramsRevision }) };
  }
  return found.training && useTraining(workspace, found.training, notices, (message) => notices.tell(message));
}

function withoutPlatform(workspace: string, training: string, reason: string, notices: Notices): RunParams | undefined {
  const last = lastFetched(workspace, training);
  const why = `the platform cannot be asked for params (${reason})`;
  if (last !== undefined) return useTraining(workspace, last, notices, (message) => notices.announce(`${why}; ${message}, fetched before`));
  // Who never made params on the platform is not to hear of them whenever it is away.
  notices.tell(`${why}; the run has those of the workspace: none of ${training} were fetched before`);
  return undefined;
}

function useTraining(workspace: string, fetched: FetchedParams, notices: Notices, say: (message: string) => void): RunParams {
  const { training, revision, createdTime, paramsText: text } = fetched;
  say(`params: revision ${revision} of ${training}, made ${createdTime}`);
  try {
    const copy = keepFetched(workspace, fetched);
    if (copy !== undefined)
      notices.announce(`params/default.json was replaced by the platform's params of ${training}; what it had is in ${copy}`);
  } catch (error) {
    notices.warn(`params of ${training} cannot be written to ${defaultParamsPath(workspace)}: ${(error as NodeJS.ErrnoException).code}`);
  }
  return { text, from: "training", paramsRevision: revision };
}

function hasOwn(workspace: string): boolean {
  return !isEmpty(readJsonText(defaultParamsPath(workspace)).text);
}

function isEmpty(text: string): boolean {
  const root = parseJsonText(text);
  return root.kind === "object" && root.members.length === 0;
}
