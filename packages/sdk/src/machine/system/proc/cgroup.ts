import { posix } from "node:path";
import { readSmallFile } from "./small-file.js";

/** The control groups that bound this process for one kind of resource, innermost first. */
export interface Cgroups {
  version: 1 | 2;
  /** Folders with their files. */
  folders: string[];
}

/** @returns control groups of this process; `undefined` where there are none */
export function findCgroups(controller: "memory" | "cpu"): Cgroups | undefined {
  return parseCgroups(controller, readSmallFile("/proc/self/cgroup") ?? "", readSmallFile("/proc/self/mountinfo") ?? "");
}

/**
 * @param controller - kind of resource
 * @param groups - text of `/proc/self/cgroup`
 * @param mounts - text of `/proc/self/mountinfo`
 * @returns the groups from the process's own one to the outermost that is mounted
 */
export function parseCgroups(controller: string, groups: string, mounts: string): Cgroups | undefined {
  const lines = groups.split("\n").map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  // Version 1 where the controller is there; on a hybrid system version 2 has then none of it.
  const one = lines.find((line) => line?.[1]?.split(",").includes(controller));
  const own = one ?? lines.find((line) => line?.[1] === "");
  if (!own) return undefined;
  for (const line of mounts.split("\n")) {
    const [place = "", kind = ""] = line.split(" - ");
    const [, , , root = "", mountPoint = ""] = place.split(" ");
    const [type, , options = ""] = kind.split(" ");
    const isMount = one ? type === "cgroup" && options.split(",").includes(controller) : type === "cgroup2";
    if (isMount) return { version: one ? 1 : 2, folders: foldersUpTo(mountPoint, root, own[2] as string) };
  }
  return undefined;
}

/** In a container the path may be the host's, of which `root` is what is mounted. */
function foldersUpTo(mountPoint: string, root: string, path: string): string[] {
  const prefix = root === "/" ? "" : root;
  const inside = path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : "";
  const folders: string[] = [];
  // Normalized, since a group outside of the mount is shown as /../name.
  for (let below = posix.normalize(`/${inside}`); ; below = posix.dirname(below)) {
    folders.push(posix.join(mountPoint, below));
    if (below === "/") return folders;
  }
}

/** How full the memory is that a group allows. */
export interface MemoryUse {
  limitBytes: number;
  /** Without cached files, which the kernel gives up before it kills. */
  usedBytes: number;
}

/**
 * @param cgroups - groups of the memory
 * @param hostBytes - memory of the host; limits above it do not count
 * @returns the lowest limit, and how much of it is used; `undefined` when nothing is limited
 */
export function readMemoryUse({ version, folders }: Cgroups, hostBytes: number): MemoryUse | undefined {
  const [limitFile, useFile, cacheField] =
    version === 1
      ? ["memory.limit_in_bytes", "memory.usage_in_bytes", /^total_inactive_file (\d+)$/m]
      : ["memory.max", "memory.current", /^inactive_file (\d+)$/m];
  let lowest = { limitBytes: hostBytes, folder: "" };
  for (const folder of folders) {
    // "max", or a file that is not there, gives NaN.
    const limitBytes = Number.parseInt(readSmallFile(`${folder}/${limitFile}`) ?? "", 10);
    if (limitBytes < lowest.limitBytes) lowest = { limitBytes, folder };
  }
  if (lowest.folder === "") return undefined;
  const useBytes = Number.parseInt(readSmallFile(`${lowest.folder}/${useFile}`) ?? "", 10);
  const cacheBytes = Number(cacheField.exec(readSmallFile(`${lowest.folder}/memory.stat`) ?? "")?.[1] ?? 0);
  return { limitBytes: lowest.limitBytes, usedBytes: Math.max(0, useBytes - cacheBytes) };
}

/** @param cgroups - groups of the CPU @returns cores that the lowest quota allows; infinite without one */
export function readCpuQuota({ version, folders }: Cgroups): number {
  const quotas = folders.map((folder) => {
    const text =
      version === 1
        ? `${readSmallFile(`${folder}/cpu.cfs_quota_us`)} ${readSmallFile(`${folder}/cpu.cfs_period_us`)}`
        : readSmallFile(`${folder}/cpu.max`);
    const [quota, period] = (text ?? "").split(/\s+/).map(Number) as [number, number?];
    return quota > 0 && period ? quota / period : Number.POSITIVE_INFINITY;
  });
  return Math.min(...quotas);
}
