import type { InstanceDetail, InstanceSummary, TrainingSummary } from "ava-protocol";
import { apiPath, request } from "./request.js";

/** A page of the list of instances. */
export interface InstancesAnswer {
  instances: InstanceSummary[];
  /** Instances on all pages. */
  total: number;
  nextCursor?: string;
}

/** Instances that were read. */
export interface InstanceList {
  instances: InstanceSummary[];
  /** Instances in all. */
  total: number;
  /** When they were read, in milliseconds since 1970. */
  readMs: number;
}

/** Instances asked for at once. */
const PAGE_SIZE = 100;

/**
 * @param signal - gives the question up
 * @returns all trainings
 */
export async function loadTrainings(signal: AbortSignal): Promise<TrainingSummary[]> {
  return (await request<{ trainings: TrainingSummary[] }>(apiPath(["trainings"]), { signal })).trainings;
}

/**
 * @param training - only its instances; all when absent
 * @param pages - how many pages to read
 * @param signal - gives the question up
 * @returns the newest instances, and how many there are in all
 */
export async function loadInstances(training: string | undefined, pages: number, signal: AbortSignal): Promise<InstanceList> {
  const path = training === undefined ? ["instances"] : ["trainings", training, "instances"];
  const instances: InstanceSummary[] = [];
  let cursor: string | undefined;
  let total = 0;
  for (let page = 0; page < pages; page++) {
    const answer = await request<InstancesAnswer>(apiPath(path, { limit: PAGE_SIZE, cursor }), { signal });
    instances.push(...answer.instances);
    ({ total, nextCursor: cursor } = answer);
    if (cursor === undefined) break;
  }
  return { instances, total, readMs: Date.now() };
}

/**
 * @param id - of the instance
 * @param signal - gives the question up
 * @returns everything about it
 */
export function loadInstance(id: string, signal: AbortSignal): Promise<InstanceDetail> {
  return request<InstanceDetail>(apiPath(["instances", id]), { signal });
}

/**
 * Asks a run to stop.
 *
 * @param id - of the instance
 */
export async function stopInstance(id: string): Promise<void> {
  await request(apiPath(["instances", id, "stop"]), { method: "POST", body: { reason: "stopped in the portal" } });
}

/**
 * Exchanges a token for a cookie.
 *
 * @param token - what the reader typed
 */
export async function logIn(token: string): Promise<void> {
  await request(apiPath(["login"]), { method: "POST", body: { token } });
}
