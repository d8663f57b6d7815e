import { call, pathOf } from "./call.js";

/** A file of a run. */
export interface RunFile {
  path: string;
  bytes: number;
}

/** @param instance - id @param signal - gives the question up @returns the files of the run @throws ApiError */
export async function loadFiles(instance: string, signal: AbortSignal): Promise<RunFile[]> {
  return (await call("GET /v1/instances/{id}/files", { path: { id: instance }, signal })).files;
}

/** @param instance - id @param file - path of it below the run @returns where it is downloaded */
export function runFilePath(instance: string, file: string): string {
  return pathOf("GET /v1/instances/{id}/files/{*}", { path: { id: instance, "*": file } });
}
