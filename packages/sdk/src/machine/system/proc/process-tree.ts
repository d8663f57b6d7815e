import { readdirSync } from "node:fs";
import { type ProcessStat, parseProcessStat } from "./process-stat.js";
import { readSmallFile } from "./small-file.js";

/** Name of a relay of `ava-sdk run` among its arguments, by which it is told from the command's processes. */
export const RELAY_NAME = "ava-relay";
/** The same for its tap. */
export const TAP_NAME = "ava-tap";
const HELPERS: ReadonlySet<string | undefined> = new Set([RELAY_NAME, TAP_NAME]);

/** Every so many readings all processes of the host are looked at again: the kernel may have given a pid that was a stranger's to us. */
const FULL_SCAN_EVERY = 6;

/** Which processes belong to a run. */
export interface ProcessTreeOptions {
  /** Process at the root. */
  rootPid: number;
  /** False when the root watches the training and is not part of it. */
  isRootIncluded: boolean;
  /** Pids of our own helpers, which with their children, as the relays and the tap of the root, are not part of it. */
  exceptPids?: () => readonly (number | undefined)[];
}

/** Sums over a tree of processes. */
export interface TreeReading {
  processes: number;
  /** Grows while processes come and go; ended ones stay counted once their parent has waited for them. */
  cpuTicks: number;
  /** Pages that several processes share count for each of them. */
  residentPages: number;
  /** Bytes from and to storage; absent where the kernel keeps them secret. */
  readBytes?: number;
  writeBytes?: number;
}

/** Reads a process and its descendants, also those whose parent died but who stayed in a session of the tree. */
export class ProcessTree {
  private readonly options: ProcessTreeOptions;
  private readonly strangers = new Set<number>();
  private sessions = new Set<number>();
  private readings = 0;

  /** @param options - which processes */
  constructor(options: ProcessTreeOptions) {
    this.options = options;
  }

  /** @returns sums of this moment; `undefined` when the root is not seen */
  read(): TreeReading | undefined {
    const members = this.findMembers();
    if (!members) return undefined;
    const reading: TreeReading = { processes: 0, cpuTicks: 0, residentPages: 0 };
    for (const { pid, isZombie, cpuTicks, residentPages } of members) {
      reading.cpuTicks += cpuTicks;
      if (isZombie) continue;
      reading.processes += 1;
      reading.residentPages += residentPages;
      const io = parseIo(readSmallFile(`/proc/${pid}/io`) ?? "");
      if (!io) continue;
      reading.readBytes = (reading.readBytes ?? 0) + io.readBytes;
      reading.writeBytes = (reading.writeBytes ?? 0) + io.writeBytes;
    }
    return reading;
  }

  private findMembers(): ProcessStat[] | undefined {
    const { rootPid, isRootIncluded, exceptPids } = this.options;
    const except = exceptPids?.() ?? [];
    const stats = this.readStats();
    const root = stats.find(({ pid }) => pid === rootPid);
    if (!root) return undefined;
    const children = new Map<number, ProcessStat[]>();
    for (const stat of stats) {
      const siblings = children.get(stat.parentPid);
      if (siblings) siblings.push(stat);
      else children.set(stat.parentPid, [stat]);
    }
    // A set hands out what is added to it while it is walked.
    const found = new Set([root, ...stats.filter(({ sessionId }) => this.sessions.has(sessionId))]);
    for (const { pid } of found) {
      for (const child of children.get(pid) ?? [])
        if (!except.includes(child.pid) && !(pid === rootPid && isHelper(child.pid))) found.add(child);
    }
    for (const stat of stats) if (!found.has(stat)) this.strangers.add(stat.pid);
    if (!isRootIncluded) found.delete(root);
    this.sessions = new Set([...found].filter(({ pid, sessionId }) => pid === sessionId || this.sessions.has(sessionId)).map(sessionOf));
    return [...found];
  }

  /** Strangers are passed over: a host has thousands of processes, a run has few. */
  private readStats(): ProcessStat[] {
    if (this.readings++ % FULL_SCAN_EVERY === 0) this.strangers.clear();
    const stats: ProcessStat[] = [];
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      if (!(pid > 0) || this.strangers.has(pid)) continue;
      const stat = parseProcessStat(readSmallFile(`/proc/${name}/stat`) ?? "");
      if (stat) stats.push(stat);
    }
    return stats;
  }
}

function isHelper(pid: number): boolean {
  return HELPERS.has(readSmallFile(`/proc/${pid}/cmdline`)?.split("\0").at(-2));
}

function sessionOf({ sessionId }: ProcessStat): number {
  return sessionId;
}

/**
 * @param text - text of `/proc/<pid>/io`, see proc_pid_io(5)
 * @returns bytes from and to storage, without what came from or stayed in the page cache
 */
export function parseIo(text: string): { readBytes: number; writeBytes: number } | undefined {
  const read = /^read_bytes: (\d+)$/m.exec(text);
  const write = /^write_bytes: (\d+)$/m.exec(text);
  return read && write ? { readBytes: Number(read[1]), writeBytes: Number(write[1]) } : undefined;
}
