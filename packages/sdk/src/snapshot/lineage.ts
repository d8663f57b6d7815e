import { existsSync } from "node:fs";
import { plainJsonValue } from "ava-protocol";
import { type JsonObject, readJsonFile, readJsonText } from "../place/params/json-file.js";
import { configPath, defaultParamsPath, runLayout } from "../place/workspace/layout.js";

/**
 * Facts of a run for the lineage of a model that another process adds for it.
 *
 * @param workspace - path of the workspace
 * @param run - id, training, start in milliseconds since 1970 where it is known
 * @returns params of the run, and where the model comes from
 */
export function lineageOf(
  workspace: string,
  { instance, training, startMs }: { instance: string; training: string; startMs?: number },
): { params: JsonObject; trainingRef: JsonObject } {
  const own = runLayout(workspace, instance).params;
  // What cannot be read is told by the training.
  const { text: paramsText, root } = readJsonText(existsSync(own) ? own : defaultParamsPath(workspace));
  const params = plainJsonValue(paramsText, root) as JsonObject;
  const trainingRef = {
    ...readJsonFile(configPath(workspace, "trainingspec")),
    training,
    instanceID: instance,
    status: "running",
    ...(startMs === undefined ? {} : { startTime: new Date(startMs).toISOString() }),
    params,
    paramsText,
  };
  return { params, trainingRef };
}
