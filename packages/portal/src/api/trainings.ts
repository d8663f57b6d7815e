import type { ParamsRevision, TrainingDetail, TrainingFacts, TrainingParams, TrainingSummary } from "ava-protocol";
import { ApiError, apiPath, request } from "./request.js";

const listeners = new Set<() => void>();

/**
 * Tells when this page has changed a training.
 *
 * @param listener - called after each change
 * @returns ends the listening
 */
export function onTrainingsChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * @param signal - gives the question up
 * @returns all trainings
 */
export async function loadTrainings(signal: AbortSignal): Promise<TrainingSummary[]> {
  return (await request<{ trainings: TrainingSummary[] }>(apiPath(["trainings"]), { signal })).trainings;
}

/**
 * @param name - of the training
 * @param signal - gives the question up
 * @returns everything about it but its params
 */
export function loadTraining(name: string, signal?: AbortSignal): Promise<TrainingDetail> {
  return request<TrainingDetail>(apiPath(["trainings", name]), signal === undefined ? {} : { signal });
}

/**
 * Creates a training, or changes what is told of it.
 *
 * @param name - of the training
 * @param facts - empty texts remove
 */
export async function putTraining(name: string, facts: TrainingFacts): Promise<void> {
  await request(apiPath(["trainings", name]), { method: "PUT", body: facts });
  for (const listener of listeners) listener();
}

/**
 * @param training - name
 * @param revision - which; the newest where none is given
 * @param signal - gives the question up
 * @returns its params; `undefined` where it has none
 */
export async function loadParams(training: string, revision: number | undefined, signal: AbortSignal): Promise<TrainingParams | undefined> {
  try {
    return await request<TrainingParams>(apiPath(["trainings", training, "params"], { revision }), { signal });
  } catch (error) {
    if (revision === undefined && error instanceof ApiError && error.code === "not_found") return undefined;
    throw error;
  }
}

/**
 * Makes params the newest revision.
 *
 * @param training - name
 * @param params - text, why they are changed, the revision that they were made from
 * @returns the revision
 * @throws ApiError `conflict` where there is a newer one
 */
export async function putParams(
  training: string,
  params: { paramsText: string; note: string; baseRevision: number },
): Promise<TrainingParams> {
  const made = await request<TrainingParams>(apiPath(["trainings", training, "params"]), { method: "PUT", body: params });
  for (const listener of listeners) listener();
  return made;
}

/**
 * @param training - name
 * @param signal - gives the question up
 * @returns revisions of its params, the newest first
 */
export async function loadRevisions(training: string, signal: AbortSignal): Promise<ParamsRevision[]> {
  const { revisions } = await request<{ revisions: ParamsRevision[] }>(apiPath(["trainings", training, "params", "revisions"]), { signal });
  return revisions.toReversed();
}
