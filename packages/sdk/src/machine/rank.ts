/** Variables in which launchers give a process its rank: torchrun, Open MPI, Slurm, MXNet's tracker, Kubernetes indexed jobs. */
const RANK_VARIABLES = ["RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "DMLC_WORKER_ID", "JOB_COMPLETION_INDEX"] as const;

/**
 * Rank of this process among those that train together, as its launcher gives it. For TensorFlow's `TF_CONFIG` it is the task's place
 * counted over chief, workers and parameter servers, in this order.
 *
 * @param env - the process environment
 * @returns the rank as text, or `undefined` outside a launcher
 */
export function readRank(env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const variable of RANK_VARIABLES) {
    const value = env[variable];
    if (value !== undefined && /^\d+$/.test(value)) return value;
  }
  return env["TF_CONFIG"] === undefined ? undefined : rankOfTfConfig(env["TF_CONFIG"]);
}

function rankOfTfConfig(text: string): string | undefined {
  let config: { cluster?: Record<string, unknown>; task?: { type?: unknown; index?: unknown } } | null;
  try {
    config = JSON.parse(text) as typeof config;
  } catch {
    // Not for us to judge: the trainer itself will complain.
    return undefined;
  }
  const { type, index } = config?.task ?? {};
  if (typeof type !== "string" || !Number.isSafeInteger(Number(index))) return undefined;
  let before = 0;
  for (const role of ["chief", "master", "worker", "ps", "evaluator"]) {
    if (role === type) return String(before + Number(index));
    const members = config?.cluster?.[role];
    if (Array.isArray(members)) before += members.length;
  }
  return undefined;
}
