import type { InstanceModel } from "ava-protocol";
import { call, pathOf } from "./call.js";

/** A model with the run that made it, where its registration names one. */
export type StoredModel = InstanceModel & { instance?: string };

/**
 * @param model - as an instance lists it
 * @returns path of its file; `undefined` where the platform gives it not out, for example from S3
 */
export function modelFilePath({ name, version, file = "" }: InstanceModel): string | undefined {
  return /^(file|qiniu):/.test(file) ? pathOf("GET /v1/models/{name}/file", { path: { name }, query: { version } }) : undefined;
}

/**
 * @param signal - gives the question up
 * @returns the newest version of every model, in the order in which their first ones came
 */
export async function loadModels(signal: AbortSignal): Promise<StoredModel[]> {
  return (await call("GET /v1/models", { signal })).models;
}

/**
 * @param name - of the model
 * @param signal - gives the question up
 * @returns all its versions, the newest last, and the params that the newest was made with
 */
export async function loadModel(name: string, signal: AbortSignal): Promise<{ versions: StoredModel[]; params: object }> {
  const [{ models }, { params }] = await Promise.all([
    call("GET /v1/models", { query: { name }, signal }),
    call("GET /v1/models/{name}", { path: { name }, signal }),
  ]);
  return { versions: models, params: params ?? {} };
}
