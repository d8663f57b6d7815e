import { cpus, freemem, totalmem } from "node:os";
import { readFreeBytes } from "./free-bytes.js";
import type { Reading, ReadMachine } from "./reading.js";

/**
 * @param isOwnProcess - the training runs in this process; of another one nothing is known here
 * @param workspace - folder whose disk is watched
 * @returns reads what Node tells on every system
 */
export function createPortableReader(isOwnProcess: boolean, workspace: string): ReadMachine {
  return () => {
    const reading: Reading = { values: {}, counters: {} };
    const { values, counters } = reading;
    if (isOwnProcess) {
      const { user, system } = process.cpuUsage();
      counters["system/cpu/percent"] = ((user + system) / 1e6) * 100;
      values["system/memory/rss_bytes"] = process.memoryUsage.rss();
    }
    const cores = cpus();
    const busyMs = cores.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
    if (cores.length > 0) counters["system/cpu/host_percent"] = (busyMs / 1000 / cores.length) * 100;
    values["system/memory/limit_bytes"] = totalmem();
    values["system/memory/percent"] = (1 - freemem() / totalmem()) * 100;
    const freeBytes = readFreeBytes(workspace);
    if (freeBytes !== undefined) values["system/disk/free_bytes"] = freeBytes;
    return reading;
  };
}
