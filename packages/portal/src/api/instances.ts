import type { InstanceDetail, InstanceRow, InstanceSummary } from "ava-protocol";
import { call } from "./call.js";
import type { Api } from "./routes.js";

/** A page of a list of instances of which some columns are asked for. */
export interface RowsAnswer {
  instances: InstanceRow[];
  /** Instances on all pages. */
  total: number;
  nextCursor?: string;
}

/** Which instances, in which order, and what of them; see docs/formats/filter.md. */
export interface RowsQuery {
  training: string | undefined;
  filter: string;
  sort: string;
  columns: string;
  limit: number;
  cursor: string | undefined;
}

/**
 * @param query - which instances, and what of them
 * @param signal - gives the question up
 * @returns a page of them
 * @throws ApiError with the platform's words for a filter, sort or column that cannot be read
 */
export function loadRows({ training, ...query }: RowsQuery, signal: AbortSignal): Promise<RowsAnswer> {
  return listOf(training, query, signal) as Promise<RowsAnswer>;
}

/**
 * @param training - only its instances; all when absent
 * @param limit - how many
 * @param signal - gives the question up
 * @returns the newest instances with all that lists know of them
 */
export async function loadNewest(training: string | undefined, limit: number, signal: AbortSignal): Promise<InstanceSummary[]> {
  return (await listOf(training, { limit }, signal)).instances as InstanceSummary[];
}

/**
 * @param query - which instances, in which order, and what of them
 * @returns path of the table of all of them as a file
 */
export function tablePath({ training, ...query }: Pick<RowsQuery, "training" | "filter" | "sort" | "columns">): string {
  return `/v1/instances.csv?${new URLSearchParams({ ...query, ...(training === undefined ? {} : { training }), safe: "1" })}`;
}

/**
 * @param query - which instances
 * @param signal - gives the question up
 * @returns ids of all of them
 */
export async function loadIds({ training, filter }: Pick<RowsQuery, "training" | "filter">, signal: AbortSignal): Promise<string[]> {
  return (await call("GET /v1/ids", { query: { filter, ...(training === undefined ? {} : { training }) }, signal })).ids;
}

/**
 * @param ids - of instances, up to 100
 * @param signal - gives the question up
 * @returns those that are there, in the order of the ids, with all that lists know of them
 */
export async function loadSummaries(ids: readonly string[], signal: AbortSignal): Promise<InstanceSummary[]> {
  if (ids.length === 0) return [];
  const { instances } = await listOf(undefined, { filter: `id=${ids.join(",")}`, limit: ids.length }, signal);
  return (instances as InstanceSummary[]).sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

type ListRoute = "GET /v1/instances";

function listOf(training: string | undefined, query: Api[ListRoute]["query"], signal: AbortSignal): Promise<Api[ListRoute]["answer"]> {
  if (training === undefined) return call("GET /v1/instances", { query, signal });
  return call("GET /v1/trainings/{training}/instances", { path: { training }, query, signal });
}

/**
 * @param id - of the instance
 * @param signal - gives the question up
 * @returns everything about it
 */
export function loadInstance(id: string, signal: AbortSignal): Promise<InstanceDetail> {
  return call("GET /v1/instances/{id}", { path: { id }, signal });
}

/**
 * Asks a run to stop.
 *
 * @param id - of the instance
 */
export async function stopInstance(id: string): Promise<void> {
  await call("POST /v1/instances/{id}/stop", { path: { id }, body: { reason: "stopped in the portal" } });
}

/**
 * Changes what people say of an instance.
 *
 * @param id - of the instance
 * @param remarks - all tags together, or the note
 */
export async function putRemarks(id: string, remarks: { tags?: readonly string[]; note?: string }): Promise<void> {
  await call("PUT /v1/instances/{id}", { path: { id }, body: remarks });
}

/**
 * Deletes an instance; it can be restored for seven days.
 *
 * @param id - of the instance
 */
export async function deleteInstance(id: string): Promise<void> {
  await call("DELETE /v1/instances/{id}", { path: { id } });
}

/**
 * Brings a deleted instance back.
 *
 * @param id - of the instance
 */
export async function restoreInstance(id: string): Promise<void> {
  await call("POST /v1/instances/{id}/restore", { path: { id } });
}

/**
 * Exchanges a token for a cookie.
 *
 * @param token - what the reader typed
 */
export async function logIn(token: string): Promise<void> {
  await call("POST /v1/login", { body: { token } });
}
