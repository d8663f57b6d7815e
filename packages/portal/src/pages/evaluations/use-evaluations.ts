import { type Evaluation, loadEvaluations } from "../../api/evaluations.js";
import { type Resource, useResource } from "../../api/use-resource.js";
import { useEvery } from "../../live/use-every.js";

/** The live stream tells of runs, and not of evaluations. */
const EVALUATIONS_MS = 5000;

/**
 * @param instance - whose; all where it is absent
 * @returns evaluations, the newest first, asked for again and again
 */
export function useEvaluations(instance?: string): Resource<Evaluation[]> {
  const read = useResource(instance ?? "", (signal) => loadEvaluations(instance, signal));
  useEvery(EVALUATIONS_MS, true, read.reload);
  return read;
}
