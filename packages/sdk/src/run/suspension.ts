import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { GroupChild } from "./child.js";

/** Time that handlers of SIGTSTP get to put their terminal in order. */
const HANDLERS_MS = 100;
/** Time in which our own stop takes effect; after a stop it has passed. */
const OWN_STOP_MS = 20;

/**
 * Ctrl-Z: the command stops, and so do we, until we are resumed. The command leads a session of its own, where the system stops nothing by SIGTSTP:
 * it gets the signal for its handlers, and SIGSTOP after it. Where no shell could resume us the system does not stop us either, and the command goes on.
 */
export class Suspension {
  private readonly handler: () => (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param handler - our own of SIGTSTP: without it, the signal stops us */
  constructor(handler: () => (() => void) | undefined) {
    this.handler = handler;
  }

  /** @param child - the command, where it runs */
  suspend(child: GroupChild | undefined): void {
    if (!child) return this.stopSelf(undefined);
    child.signalGroup("SIGTSTP");
    if (ignoresStops(child.pid)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      child.signalGroup("SIGSTOP");
      this.stopSelf(child);
    }, HANDLERS_MS);
  }

  /** @param child - goes on, whatever was to come */
  resume(child: GroupChild): void {
    clearTimeout(this.timer);
    child.signalGroup("SIGCONT");
  }

  private stopSelf(child: GroupChild | undefined): void {
    const handler = this.handler();
    if (handler) process.off("SIGTSTP", handler);
    process.kill(process.pid, "SIGTSTP");
    this.timer = setTimeout(() => {
      if (handler) process.on("SIGTSTP", handler);
      child?.signalGroup("SIGCONT");
    }, OWN_STOP_MS);
  }
}

function ignoresStops(pid: number): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGTSTP - 1)) & 1n) === 1n;
  } catch {
    // Not Linux, or it has just ended.
    return false;
  }
}
