import { PlatformError } from "../error.js";
import { type Evaluation, instanceIdOf } from "../store/contract/model.js";
import type { Store } from "../store/contract/store.js";

/** @throws PlatformError `not_found` */
export async function evaluationOf(store: Store, name: string): Promise<Evaluation> {
  const evaluation = await store.evaluation(name);
  if (evaluation === undefined) throw new PlatformError("not_found", `There is no evaluation ${name}.`);
  return evaluation;
}

/** @returns evaluations, the newest first; those of one instance, where it is named */
export async function newestEvaluations(store: Store, instance: string | undefined): Promise<Evaluation[]> {
  const all = await store.evaluations();
  return all
    .filter(({ result }) => instance === undefined || instanceIdOf(result) === instance)
    .sort((a, b) => b.createdMs - a.createdMs || (a.name < b.name ? -1 : 1));
}

/** @returns an evaluation as lists show it: with the run and the model that its result names, as far as it does */
export function describeEvaluation({ name, createdMs, result }: Evaluation): Record<string, unknown> {
  const { model, metric } = result;
  const instance = instanceIdOf(result);
  return {
    name,
    createdTime: new Date(createdMs).toISOString(),
    ...(instance === undefined ? {} : { instance }),
    ...(typeof model === "string" ? { model } : {}),
    ...(typeof metric === "object" && metric !== null ? { metric } : {}),
  };
}
