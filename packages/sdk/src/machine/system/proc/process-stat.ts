/** What `/proc/<pid>/stat` tells of one process, all of its threads together. */
export interface ProcessStat {
  pid: number;
  parentPid: number;
  sessionId: number;
  /** Ended, but its parent has not asked for its exit code yet. */
  isZombie: boolean;
  /** CPU time of the process and of its ended children that were waited for, in ticks. */
  cpuTicks: number;
  residentPages: number;
}

/**
 * @param text - a line of `/proc/<pid>/stat`, see proc_pid_stat(5)
 * @returns its values; `undefined` when it is not such a line
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  // The name of the program stands in parentheses and may itself hold spaces and parentheses.
  const nameEnd = text.lastIndexOf(") ");
  if (nameEnd < 0) return undefined;
  const fields = text.slice(nameEnd + 2).split(" ", 22);
  if (fields.length < 22) return undefined;
  const [state, parentPid, , sessionId] = fields;
  const cpuTicks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  return {
    pid: Number.parseInt(text, 10),
    parentPid: Number(parentPid),
    sessionId: Number(sessionId),
    isZombie: state === "Z" || state === "X",
    cpuTicks,
    residentPages: Number(fields[21]),
  };
}
