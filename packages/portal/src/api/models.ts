import type { InstanceModel } from "ava-protocol";
import { pathOf } from "./call.js";

/**
 * @param model - as an instance lists it
 * @returns path of its file; `undefined` where the platform gives it not out, for example from S3
 */
export function modelFilePath({ name, version, file = "" }: InstanceModel): string | undefined {
  return /^(file|qiniu):/.test(file) ? pathOf("GET /v1/models/{name}/file", { path: { name }, query: { version } }) : undefined;
}
