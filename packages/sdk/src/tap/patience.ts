import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

/** How often it is tried again. */
const PAUSE_MS = 200;

/** Tries for a while what a full disk refuses: it may have room again soon, and a training must not stand still for longer. */
export class Patience {
  /** What is refused, and since when. */
  private readonly sinceMs = new Map<string, number>();

  /**
   * @param what - is tried; the time is counted from its first failure until it succeeds, over all calls
   * @param mostMs - longest time
   * @param isDone - tries it
   * @returns whether it was done
   */
  async within(what: string, mostMs: number, isDone: () => boolean): Promise<boolean> {
    while (!isDone()) {
      const sinceMs = this.sinceMs.get(what) ?? performance.now();
      this.sinceMs.set(what, sinceMs);
      if (performance.now() - sinceMs >= mostMs) return false;
      await wait(PAUSE_MS);
    }
    this.sinceMs.delete(what);
    return true;
  }
}
