import { hostname } from "node:os";
import { readSegmentHeader } from "../journal/segment-header.js";
import { listSegments } from "../journal/segment-name.js";
import { parseProcessStat } from "./proc/process-stat.js";
import { readSmallFile } from "./proc/small-file.js";

/**
 * Whether a process above this one records the same instance, as `ava-sdk run` does for a training that itself uses the SDK. It watches this
 * process, too; a second watch would double the series.
 *
 * @param folder - journal folder of the instance
 */
export function isWatchedFromAbove(folder: string): boolean {
  const above = ancestors();
  return listSegments(folder).some((name) => {
    const header = readSegmentHeader(folder, name);
    return header !== undefined && header.host === hostname() && above.has(header.pid);
  });
}

function ancestors(): Set<number> {
  const pids = new Set<number>();
  // Process 1 as well: in a container it may be ava-sdk run.
  for (let pid = process.ppid; pid > 0 && !pids.has(pid); ) {
    pids.add(pid);
    pid = parseProcessStat(readSmallFile(`/proc/${pid}/stat`) ?? "")?.parentPid ?? 0;
  }
  return pids;
}
