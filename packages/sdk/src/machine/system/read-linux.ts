import { cpus } from "node:os";
import { readFreeBytes } from "./free-bytes.js";
import { findCgroups, readMemoryUse } from "./proc/cgroup.js";
import { parseBusyTicks, parseHostMemory, parseInterfaces, sumInterfaces } from "./proc/host.js";
import { readKernelUnits } from "./proc/kernel-units.js";
import { ProcessTree, type ProcessTreeOptions } from "./proc/process-tree.js";
import { readSmallFile } from "./proc/small-file.js";
import type { Reading, ReadMachine } from "./reading.js";

/**
 * @param tree - processes of the run
 * @param workspace - folder whose disk is watched
 * @returns reads `/proc` and the control groups
 */
export function createLinuxReader(tree: ProcessTreeOptions, workspace: string): ReadMachine {
  const { pageBytes, ticksPerSecond } = readKernelUnits();
  const processes = new ProcessTree(tree);
  const memoryGroups = findCgroups("memory");
  const hostCores = Math.max(1, cpus().length);
  return () => {
    const reading: Reading = { values: {}, counters: {} };
    const { values, counters } = reading;

    const sums = processes.read();
    if (sums) {
      values["system/processes"] = sums.processes;
      values["system/memory/rss_bytes"] = sums.residentPages * pageBytes;
      counters["system/cpu/percent"] = (sums.cpuTicks / ticksPerSecond) * 100;
      if (sums.readBytes !== undefined) counters["system/disk/read_bytes_per_s"] = sums.readBytes;
      if (sums.writeBytes !== undefined) counters["system/disk/write_bytes_per_s"] = sums.writeBytes;
    }

    const busyTicks = parseBusyTicks(readSmallFile("/proc/stat") ?? "");
    if (busyTicks) counters["system/cpu/host_percent"] = (busyTicks / ticksPerSecond / hostCores) * 100;

    const host = parseHostMemory(readSmallFile("/proc/meminfo") ?? "");
    if (host) {
      const group = memoryGroups && readMemoryUse(memoryGroups, host.totalBytes);
      const limitBytes = group?.limitBytes ?? host.totalBytes;
      values["system/memory/limit_bytes"] = limitBytes;
      values["system/memory/percent"] = ((group?.usedBytes ?? host.usedBytes) / limitBytes) * 100;
    }

    const network = sumInterfaces(parseInterfaces(readSmallFile("/proc/net/dev") ?? ""));
    counters["system/network/receive_bytes_per_s"] = network.receivedBytes;
    counters["system/network/send_bytes_per_s"] = network.sentBytes;

    const freeBytes = readFreeBytes(workspace);
    if (freeBytes !== undefined) values["system/disk/free_bytes"] = freeBytes;
    return reading;
  };
}
