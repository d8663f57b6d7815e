import type { LogsAnswer } from "ava-protocol";
import { apiPath, request } from "./request.js";

/**
 * Reads a part of a run's output.
 *
 * @param id - of the instance
 * @param part - its end (`tail` lines), or from `offset`
 * @param signal - gives the question up
 * @returns text and offsets in bytes
 */
export function loadLogs(id: string, part: { tail: number } | { offset: number; limit: number }, signal: AbortSignal): Promise<LogsAnswer> {
  return request<LogsAnswer>(apiPath(["instances", id, "logs"], part), { signal });
}
