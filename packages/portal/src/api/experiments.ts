import { request } from "./request.js";

/**
 * @param experiment - id, as MLflow's clients know it
 * @param signal - gives the question up
 * @returns the training that has its runs
 * @throws ApiError with status 404 where there is no such experiment
 */
export async function trainingOfExperiment(experiment: string, signal: AbortSignal): Promise<string> {
  const path = `/mlflow/api/2.0/mlflow/experiments/get?experiment_id=${encodeURIComponent(experiment)}`;
  return (await request<{ experiment: { training: string } }>(path, { signal })).experiment.training;
}
