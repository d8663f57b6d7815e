import { basename } from "node:path";

/** Programs that start processes where the tap's loopback address is another machine, or none. */
const PROGRAMS: ReadonlySet<string> = new Set(
  (
    "srun sbatch salloc mpirun mpiexec mpiexec.hydra orterun prterun jsrun aprun bsub qsub ssh pdsh parallel-ssh docker podman nerdctl apptainer singularity " +
    "enroot kubectl oc unshare nsenter ip firejail bwrap lxc-attach lxc systemd-nspawn deepspeed horovodrun ray"
  ).split(" "),
);

/** Set by schedulers where a job has a list of hosts. */
const HOST_FILES: readonly string[] = [
  "PBS_NODEFILE",
  "PE_HOSTFILE",
  "LSB_DJOB_HOSTFILE",
  "OMPI_MCA_orte_default_hostfile",
  "I_MPI_HYDRA_HOST_FILE",
  "HYDRA_HOST_FILE",
];
/** Set by schedulers where a job has several hosts. */
const NODE_COUNTS: readonly string[] = ["SLURM_JOB_NUM_NODES", "SLURM_NNODES"];

/**
 * Says whether the command may start processes on other hosts or in other network namespaces. For them the tap is not there, and a client that gets no answer at its
 * address ends the training after minutes.
 *
 * @param command - the command and its arguments; scripts are not looked into
 * @param env - of the command
 * @returns what shows it; `undefined` where nothing does
 */
export function whyElsewhere(command: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const count = NODE_COUNTS.find((name) => Number(env[name]) > 1);
  return count ?? HOST_FILES.find((name) => env[name]) ?? command.flatMap((word) => word.split(/[\s;|&()]+/)).find(isForeign);
}

function isForeign(word: string): boolean {
  return PROGRAMS.has(basename(word));
}
