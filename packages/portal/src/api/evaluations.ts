import { call } from "./call.js";
import type { Api } from "./routes.js";

/** An evaluation as lists have it. */
export type Evaluation = Api["GET /v1/evaluations"]["answer"]["evaluations"][number];

/** An evaluation with its result. */
export type EvaluationDetail = Api["GET /v1/evaluations/{name}"]["answer"];

/**
 * @param instance - whose; all where it is absent
 * @param signal - gives the question up
 * @returns evaluations, the newest first
 */
export async function loadEvaluations(instance: string | undefined, signal: AbortSignal): Promise<Evaluation[]> {
  return (await call("GET /v1/evaluations", { query: { instance }, signal })).evaluations;
}

/**
 * @param name - of the evaluation
 * @param signal - gives the question up
 * @returns the evaluation
 */
export function loadEvaluation(name: string, signal: AbortSignal): Promise<EvaluationDetail> {
  return call("GET /v1/evaluations/{name}", { path: { name }, signal });
}
