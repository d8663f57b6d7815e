import type { LogSearchAnswer, LogsAnswer } from "ava-protocol";
import { call, pathOf } from "./call.js";

/** A part of a log, see docs/formats/logs.md. */
export interface LogPartQuery {
  offset?: number;
  before?: number;
  tail?: number;
  /** Nanoseconds since 1970. */
  time?: string;
  line?: number;
  limit?: number;
  /** What else the answer tells. */
  times?: "1";
  lines?: "1";
}

/**
 * Reads a part of a run's output.
 *
 * @param id - of the instance
 * @param part - which one
 * @param signal - gives the question up
 * @returns text and offsets in bytes
 * @throws ApiError
 */
export function loadLogs(id: string, part: LogPartQuery, signal: AbortSignal): Promise<LogsAnswer> {
  return call("GET /v1/instances/{id}/logs", { path: { id }, query: part, signal }) as Promise<LogsAnswer>;
}

/**
 * Searches a run's output.
 *
 * @param id - of the instance
 * @param search - text as it is
 * @param offset - where to begin, in bytes
 * @param signal - gives the question up
 * @returns places of the text
 * @throws ApiError
 */
export function searchLogs(id: string, search: string, offset: number, signal: AbortSignal): Promise<LogSearchAnswer> {
  return call("GET /v1/instances/{id}/logs", { path: { id }, query: { search, offset }, signal }) as Promise<LogSearchAnswer>;
}

/**
 * @param id - of an instance
 * @returns path of its whole log as a file
 */
export function logFilePath(id: string): string {
  return pathOf("GET /v1/instances/{id}/logs", { path: { id }, query: { download: "1" } });
}
