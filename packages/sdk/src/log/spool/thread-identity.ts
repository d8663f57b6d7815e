import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";

/** What is known of the thread that owns a file of the spool. */
export type ThreadFate = "own" | "alive" | "gone" | "unknown";

let own: string | undefined;

/** @returns this thread as the spool names it: `<space>-<pid>-<tid>-<start>` */
export function ownThread(): string {
  own ??= describeOwnThread();
  return own;
}

/**
 * @param thread - an owner, as the spool names it
 * @returns whether it can still act; `unknown` for threads of other hosts and containers
 */
export function fateOf(thread: string): ThreadFate {
  if (thread === ownThread()) return "own";
  const [space, pid, tid, start] = thread.split("-") as [string, string, string, string];
  if (space !== ownThread().split("-")[0]) return "unknown";
  if (start === "0") return isProcessGone(Number(pid)) ? "gone" : "alive";
  const stat = readThreadStat(pid, tid);
  if (stat !== undefined) return stat.start === start && !"ZXx".includes(stat.state) ? "alive" : "gone";
  // With /proc mounted so that it hides processes of other users, one that lives may not be looked at.
  return isProcessHidden(Number(pid)) ? "alive" : "gone";
}

function describeOwnThread(): string {
  try {
    // Only the calling thread sees itself here: Node's synchronous calls run on it.
    const [pid, , tid] = readlinkSync("/proc/thread-self").split("/") as [string, string, string];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const start = readThreadStat(pid, tid)?.start ?? "0";
    return `${shortHash(`${boot}\n${readlinkSync("/proc/self/ns/pid")}`)}-${pid}-${tid}-${start}`;
  } catch {
    // Not Linux, or no /proc: threads are known by their process only.
    return `${shortHash(hostname())}-${process.pid}-${threadId}-0`;
  }
}

function readThreadStat(pid: string, tid: string): { state: string; start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${tid}/stat`, "latin1");
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

function isProcessGone(pid: number): boolean {
  return signalError(pid) === "ESRCH";
}

function isProcessHidden(pid: number): boolean {
  return signalError(pid) === "EPERM";
}

function signalError(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
