import type { ParamsRevision, TrainingDetail, TrainingFacts, TrainingParams, TrainingSummary } from "ava-protocol";
import { call } from "./call.js";
import { ApiError } from "./request.js";

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
  return (await call("GET /v1/trainings", { signal })).trainings;
}

/**
 * @param name - of the training
 * @param signal - gives the question up
 * @returns everything about it but its params
 */
export function loadTraining(name: string, signal?: AbortSignal): Promise<TrainingDetail> {
  return call("GET /v1/trainings/{training}", { path: { training: name }, ...(signal === undefined ? {} : { signal }) });
}

/**
 * Creates a training, or changes what is told of it.
 *
 * @param name - of the training
 * @param facts - empty texts remove
 */
export async function putTraining(name: string, facts: TrainingFacts): Promise<void> {
  await call("PUT /v1/trainings/{training}", { path: { training: name }, body: facts });
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
    return await call("GET /v1/trainings/{training}/params", { path: { training }, query: { revision }, signal });
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
  const made = await call("PUT /v1/trainings/{training}/params", { path: { training }, body: params });
  for (const listener of listeners) listener();
  return made;
}

/**
 * @param training - name
 * @param signal - gives the question up
 * @returns revisions of its params, the newest first
 */
export async function loadRevisions(training: string, signal: AbortSignal): Promise<ParamsRevision[]> {
  const { revisions } = await call("GET /v1/trainings/{training}/params/revisions", { path: { training }, signal });
  return revisions.toReversed();
}
