import { createHash } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";
import { type Fate, fateOfPid, fateOfTask, ownMark, startTicksOf } from "./is-alive.js";

/** What is known of the thread that owns a file of the spool. */
export type ThreadFate = "own" | Fate;

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
  return start === "0" ? fateOfPid(Number(pid)) : fateOfTask(`/proc/${pid}/task/${tid}`, Number(pid), Number(start));
}

function describeOwnThread(): string {
  const mark = ownMark();
  if (!mark) return `${shortHash(hostname())}-${process.pid}-${threadId}-0`;
  const space = shortHash(`${mark.boot}\npid:[${mark.pidNamespace}]`);
  // Only the calling thread sees itself here: Node's synchronous calls run on it.
  const task = linkOf("/proc/thread-self");
  // An old kernel, or a `/proc` of another pid namespace: threads are known by their process only.
  if (!task?.startsWith(`${process.pid}/`)) return `${space}-${process.pid}-${threadId}-0`;
  return `${space}-${process.pid}-${task.split("/")[2]}-${startTicksOf(`/proc/${task}`) ?? 0}`;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
