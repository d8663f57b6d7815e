import type { LogStream } from "ava-protocol";
import { readEnvironment } from "../settings/environment.js";

/** The log of a run of this process, for what commands print. */
export interface ConsoleLog {
  instanceId: string;
  /** Records bytes as they were printed; must not throw. */
  write(stream: LogStream, bytes: Uint8Array): void;
}

/** Those of the instances that have not ended; the newest is the last. */
const open: ConsoleLog[] = [];

/** @param log - gets from now on what commands print that are started @returns ends that, also for commands that run */
export function openConsoleLog(log: ConsoleLog): () => void {
  open.push(log);
  return () => {
    const at = open.indexOf(log);
    if (at >= 0) open.splice(at, 1);
  };
}

/** @returns that of the newest instance; nothing where there is none, or its log gets our console anyhow */
export function findConsoleLog(): ConsoleLog | undefined {
  const log = open.at(-1);
  if (log === undefined || log.instanceId === readEnvironment().consoleOf) return undefined;
  return { instanceId: log.instanceId, write: (stream, bytes) => open.includes(log) && log.write(stream, bytes) };
}
