import type { ReparseAnswer, ReparseSummary } from "ava-protocol";
import { call } from "./call.js";

/**
 * Reads the stored log of an instance with rules.
 *
 * @param id - of the instance
 * @param rules - regexes, as of `--metric`
 * @param preview - only tell what would be added
 * @returns what was read
 * @throws ApiError with the platform's words about a rule
 */
export function reparse(id: string, rules: readonly string[], preview: boolean): Promise<ReparseAnswer> {
  return call("POST /v1/instances/{id}/reparse", { path: { id }, body: { rules, preview } });
}

/**
 * @param id - of an instance
 * @param signal - gives the question up
 * @returns its reparses, oldest first
 */
export async function loadReparses(id: string, signal: AbortSignal): Promise<ReparseSummary[]> {
  return (await call("GET /v1/instances/{id}/reparse", { path: { id }, signal })).reparses;
}

/**
 * Removes what a reparse added.
 *
 * @param id - of the instance
 * @param n - number of the reparse
 */
export async function undoReparse(id: string, n: number): Promise<void> {
  await call("DELETE /v1/instances/{id}/reparse/{n}", { path: { id, n: String(n) } });
}
