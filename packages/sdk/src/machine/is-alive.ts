import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessMark } from "ava-protocol";

/** Whether a process can still act; `unknown` where that cannot be told from here: then nothing of its files is deleted. */
export type Fate = "alive" | "gone" | "unknown";

/** A process as it names itself in its files. */
export interface MarkedProcess {
  pid: number;
  host: string;
  /** Absent where there is no `/proc`, and in files of older versions. */
  process?: ProcessMark;
}

/** pid namespace of a Linux machine itself, which is that of no container. */
const MACHINE_NAMESPACE = "4026531836";

interface TaskStat {
  isEnded: boolean;
  startTicks: number;
}

let hasProc: boolean | undefined;
let own: { mark: ProcessMark | undefined } | undefined;

/** @returns this process, for the files that it writes */
export function ownProcess(): MarkedProcess {
  const mark = ownMark();
  return { pid: process.pid, host: hostname(), ...(mark ? { process: mark } : {}) };
}

/** @returns what tells this process from all others; `undefined` where there is no `/proc` */
export function ownMark(): ProcessMark | undefined {
  own ??= { mark: readOwnMark() };
  return own.mark;
}

/** @param value - what should be a mark, from a file or a request @returns it, or `undefined` */
export function markOf(value: unknown): ProcessMark | undefined {
  const mark = value as Partial<ProcessMark> | null | undefined;
  const isMark = typeof mark?.boot === "string" && typeof mark.pidNamespace === "string" && typeof mark.startTicks === "number";
  return isMark ? (mark as ProcessMark) : undefined;
}

/** @param path - as of {@link fateOfTask} @returns its start in ticks since the boot; `undefined` where it is not to be seen */
export function startTicksOf(path: string): number | undefined {
  return readStat(`${path}/stat`)?.startTicks;
}

/** @param pid - a process of this pid namespace @returns it as it would name itself */
export function processOf(pid: number): MarkedProcess {
  const startTicks = hasOwnProc() ? startTicksOf(`/proc/${pid}`) : undefined;
  const mark = ownMark();
  return { pid, host: hostname(), ...(mark && startTicks !== undefined ? { process: { ...mark, startTicks } } : {}) };
}

/**
 * Every process that would delete another's files asks this. See docs/formats/journal.md.
 *
 * @param of - the process, as it names itself
 * @param file - what it wrote last, where that is known
 * @returns its fate; `gone` only when it surely is
 */
export function fateOf({ pid, host, process: mark }: MarkedProcess, file?: string): Fate {
  const here = ownMark();
  if (here === undefined) return mark === undefined && host === hostname() ? fateOfPid(pid) : "unknown";
  if (!mark) return "unknown";
  if (mark.boot !== here.boot) return host === hostname() && file !== undefined && isBeforeBoot(mark, here, file) ? "gone" : "unknown";
  return mark.pidNamespace === here.pidNamespace ? fateOfTask(`/proc/${pid}`, pid, mark.startTicks) : "unknown";
}

/**
 * @param path - `/proc/<pid>`, or `/proc/<pid>/task/<tid>` for a thread
 * @param pid - of the process, in this pid namespace
 * @param startTicks - when it started; the number may be another's now
 * @returns its fate
 */
export function fateOfTask(path: string, pid: number, startTicks: number): Fate {
  if (!hasOwnProc()) return fateOfPid(pid);
  const stat = readStat(`${path}/stat`);
  // With /proc mounted so that it hides processes of other users, one that lives may not be looked at.
  if (stat === undefined) return signalError(pid) === "EPERM" ? "alive" : "gone";
  if (stat.startTicks !== startTicks) return "gone";
  return stat.isEnded && !hasMoreThreads(path) ? "gone" : "alive";
}

/** @param pid - a process of this pid namespace, of which nothing else is known @returns its fate; the number may be another's now */
export function fateOfPid(pid: number): Fate {
  return signalError(pid) === "ESRCH" || (hasOwnProc() && readStat(`/proc/${pid}/stat`)?.isEnded && !hasMoreThreads(`/proc/${pid}`))
    ? "gone"
    : "alive";
}

function readOwnMark(): ProcessMark | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const pidNamespace = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
    const startTicks = startTicksOf("/proc/self");
    if (boot === "" || pidNamespace === undefined || startTicks === undefined) return undefined;
    const machine = readMachine();
    return { boot, pidNamespace, startTicks, ...(machine ? { machine } : {}) };
  } catch {
    // Not Linux, or no /proc.
    return undefined;
  }
}

function readMachine(): string | undefined {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    // The id itself must not be shown, see machine-id(5).
    return id === "" ? undefined : createHash("sha256").update(id).digest("hex").slice(0, 16);
  } catch {
    return undefined;
  }
}

/** Machines of one name and id at the same time are taken into account only for containers, which get both from their image. */
function isBeforeBoot(mark: ProcessMark, here: ProcessMark, file: string): boolean {
  if (mark.machine === undefined || mark.machine !== here.machine) return false;
  if (mark.pidNamespace !== MACHINE_NAMESPACE || here.pidNamespace !== MACHINE_NAMESPACE) return false;
  const bootS = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "latin1"))?.[1]);
  const lastChangeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  return lastChangeMs < bootS * 1000;
}

/** `unshare --pid` without a `/proc` of its own: the numbers there are those of another namespace. */
function hasOwnProc(): boolean {
  hasProc ??= linkOf("/proc/self") === String(process.pid);
  return hasProc;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function readStat(path: string): TaskStat | undefined {
  try {
    const text = readFileSync(path, "latin1");
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { isEnded: "ZXx".includes(fields[0] || " "), startTicks: Number(fields[19]) };
  } catch {
    // It has ended, or is not ours to see.
    return undefined;
  }
}

/** A first thread that has ended looks like an ended process while others go on. */
function hasMoreThreads(path: string): boolean {
  try {
    return readdirSync(`${path}/task`).length > 1;
  } catch {
    return false;
  }
}

function signalError(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
