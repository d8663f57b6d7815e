import type { FieldsAnswer, GroupsAnswer } from "ava-protocol";
import { call } from "./call.js";

/** What to group; see docs/formats/filter.md. */
export interface GroupsQuery {
  training: string | undefined;
  filter: string;
  /** Fields with commas between. */
  group: string;
  columns: string;
  sort: string | undefined;
}

/**
 * @param query - which instances, and what they are grouped by
 * @param signal - gives the question up
 * @returns the groups with mean and spread of the metrics among the columns
 * @throws ApiError with the platform's words for what cannot be read
 */
export function loadGroups(query: GroupsQuery, signal: AbortSignal): Promise<GroupsAnswer> {
  return call("GET /v1/groups", { query, signal });
}

/**
 * @param training - only its instances; all when absent
 * @param signal - gives the question up
 * @returns params and metrics that they have
 */
export function loadFields(training: string | undefined, signal: AbortSignal): Promise<FieldsAnswer> {
  return call("GET /v1/fields", { query: { training }, signal });
}
