import { fateOf } from "../machine/is-alive.js";
import { parseProcessStat } from "../machine/system/proc/process-stat.js";
import { readSmallFile } from "../machine/system/proc/small-file.js";
import { readSegmentHeader } from "../record/journal/segment-header.js";
import { listSegments } from "../record/journal/segment-name.js";

/**
 * Whether a process above a training records the same instance, as `ava-sdk run` does for a training that itself uses the SDK. It watches that
 * one, too; a second watch would double the series.
 *
 * @param folder - journal folder of the instance
 * @param pid - process of the training
 */
export function isWatchedFromAbove(folder: string, pid: number = process.pid): boolean {
  const above = ancestors(pid);
  return listSegments(folder).some((name) => {
    const header = readSegmentHeader(folder, name);
    return header !== undefined && above.has(header.pid) && fateOf(header) === "alive";
  });
}

function ancestors(of: number): Set<number> {
  const pids = new Set<number>();
  // Process 1 as well: in a container it may be ava-sdk run.
  for (let pid = parentOf(of); pid > 0 && !pids.has(pid); pid = parentOf(pid)) pids.add(pid);
  return pids;
}

function parentOf(pid: number): number {
  return pid === process.pid ? process.ppid : (parseProcessStat(readSmallFile(`/proc/${pid}/stat`) ?? "")?.parentPid ?? 0);
}
