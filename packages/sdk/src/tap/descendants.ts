import { readdirSync, readFileSync } from "node:fs";

/** Every so many looks all processes of the host are looked at again: the kernel may have given a pid that was a stranger's to us. */
const FULL_LOOK_EVERY = 10;

/**
 * @param token - of a tap, in the environment of the command and all that it started
 * @returns whether one of them lives; where that cannot be seen, none
 */
export function isCarriedOn(token: string): boolean {
  return listPids().some((pid) => environmentOf(pid).includes(token));
}

/** The command of a run and all that it started, as long as they keep the environment. */
export class Descendants {
  private readonly token: string;
  private strangers = new Set<string>();
  private looks = 0;

  /** @param token - of the tap, in their environment */
  constructor(token: string) {
    this.token = token;
  }

  /** @returns pids of those that live; a host has thousands of others, which are passed over */
  list(): string[] {
    const pids = listPids();
    const known = this.looks++ % FULL_LOOK_EVERY === 0 ? new Set<string>() : this.strangers;
    this.strangers = new Set(pids.filter((pid) => known.has(pid)));
    return pids.filter((pid) => {
      if (this.strangers.has(pid)) return false;
      const environment = environmentOf(pid);
      if (environment.includes(this.token)) return true;
      // One that is being started has none yet.
      if (environment.length > 0) this.strangers.add(pid);
      return false;
    });
  }
}

function listPids(): string[] {
  try {
    return readdirSync("/proc").filter((name) => Number(name) > 0 && Number(name) !== process.pid);
  } catch {
    // Not Linux.
    return [];
  }
}

function environmentOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    // Gone, or of another user.
    return Buffer.alloc(0);
  }
}
