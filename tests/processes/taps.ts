import { execFileSync } from "node:child_process";

/** @param parent - pid of an `ava-sdk run` @returns its tap */
export function tapsOf(parent: number): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parentPid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parentPid) === parent && args.includes("tap-process.js") ? [Number(pid)] : [];
  });
}
