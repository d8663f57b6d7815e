import { arch, availableParallelism, release, totalmem, type } from "node:os";
import type { EnvironmentFacts } from "ava-protocol";
import { findCgroups, readCpuQuota, readMemoryUse } from "../system/proc/cgroup.js";

/** @returns what is known of the machine at once; a container's limits counted in */
export function machineFacts(): EnvironmentFacts {
  const cpuGroups = findCgroups("cpu");
  const memoryGroups = findCgroups("memory");
  return {
    os: `${type()} ${release()} ${arch()}`,
    cpus: Math.min(availableParallelism(), cpuGroups ? readCpuQuota(cpuGroups) : Number.POSITIVE_INFINITY),
    memoryBytes: (memoryGroups && readMemoryUse(memoryGroups, totalmem())?.limitBytes) ?? totalmem(),
  };
}
