import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

/** Descriptors that a recording takes beside those of Node.js: journals, thread, pipes, relays, connections. */
const DESCRIPTORS = 40;
/** Threads and processes that it takes, and the command. */
const TASKS = 16;
/** From so many on it is not counted how many are left: that takes a look at every process. */
const MANY_TASKS = 4096;
/** Address space that the background thread reserves. */
const ADDRESS_BYTES = 1024 ** 3;

/**
 * Looks whether there is room to record: Node.js aborts where a thread finds none.
 *
 * @throws Error when there is none
 */
export function checkRoom(): void {
  const opened: number[] = [];
  try {
    for (let count = 0; count < DESCRIPTORS; count++) opened.push(openSync("/dev/null", "r"));
  } catch (cause) {
    throw new Error(`fewer than ${DESCRIPTORS} files may be opened beside those that are (ulimit -n)`, { cause });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
  if (freeTasks() < TASKS) throw new Error(`fewer than ${TASKS} processes and threads are left to this user (ulimit -u)`);
  if (freeAddressBytes() < ADDRESS_BYTES) throw new Error("less than 1 GiB of address space is left (ulimit -v)");
}

function freeAddressBytes(): number {
  return limitOf("Max address space") - Number(/^VmSize:\s+(\d+)/m.exec(read("/proc/self/status"))?.[1] ?? 0) * 1024;
}

function freeTasks(): number {
  const most = limitOf("Max processes");
  const uid = process.getuid?.();
  // Root has no such limit.
  if (most >= MANY_TASKS || uid === 0) return Infinity;
  const statuses = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return statuses.reduce((free, pid) => {
    const status = read(`/proc/${pid}/status`);
    return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === uid ? free - Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]) : free;
  }, most);
}

function limitOf(name: string): number {
  return Number(new RegExp(`^${name} +(\\d+)`, "m").exec(read("/proc/self/limits"))?.[1] ?? Infinity);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // No /proc: then no limit is known either. Or a process that has just ended.
    return "";
  }
}
