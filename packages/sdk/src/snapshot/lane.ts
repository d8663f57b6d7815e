import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "../ship/backoff.js";

/** How often new snapshots are looked for. */
export const POLL_MS = 500;

/**
 * What became of the work on one snapshot: it goes on elsewhere, is looked at again soon, or again after a back-off. `away`: as `failed`, and all others would
 * fail the same, each after its own long wait.
 */
export type LaneResult = "done" | "waits" | "failed" | "away";

interface Tries {
  failures: number;
  startedMs: number;
  dueMs: number;
}

/** One stage of the snapshots' way. Each snapshot that fails is backed off by itself and holds no other one up. */
export class Lane {
  private readonly ids: () => string[];
  private readonly work: (id: string) => Promise<LaneResult>;
  private readonly hold: (work: () => Promise<void>) => Promise<void>;
  private readonly tries = new Map<string, Tries>();
  /** Settles when no round runs; never rejects. */
  private turn: Promise<void> = Promise.resolve();

  /**
   * @param ids - of the snapshots at this stage, oldest first
   * @param work - on one of them; never rejects
   * @param hold - runs a round while no other process works on these snapshots, or not at all
   */
  constructor(ids: () => string[], work: (id: string) => Promise<LaneResult>, hold: (work: () => Promise<void>) => Promise<void>) {
    this.ids = ids;
    this.work = work;
    this.hold = hold;
  }

  /** Works until a signal. @param signal - ends it after the snapshot in work */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.round(0, signal);
      // Ends early, by intention, when the run ends.
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Waits until each snapshot is done or has failed since the call. The work goes on.
   *
   * @param signal - ends the wait
   * @param mayGetMore - whether the stage before this one still works
   */
  async settle(signal: AbortSignal, mayGetMore: () => boolean): Promise<void> {
    const sinceMs = Date.now();
    const isOpen = () => this.ids().some((id) => (this.tries.get(id)?.startedMs ?? 0) < sinceMs);
    const ended = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    const inTime = (work: Promise<unknown>) => Promise.race([work, ended]);
    while (!signal.aborted) {
      await inTime(this.round(sinceMs));
      if (!mayGetMore() && !isOpen()) return;
      await inTime(wait(POLL_MS / 5));
    }
  }

  /** One at a time, in the order of the calls. @param sinceMs - failures before do not count @param signal - ends it */
  private round(sinceMs: number, signal?: AbortSignal): Promise<void> {
    this.turn = this.turn.then(() => (this.dueIds(sinceMs).length > 0 ? this.hold(() => this.workOnAll(sinceMs, signal)) : undefined));
    return this.turn;
  }

  private dueIds(sinceMs: number): string[] {
    const nowMs = Date.now();
    const isDue = ({ dueMs, startedMs }: Tries) => dueMs <= nowMs || startedMs < sinceMs;
    return this.ids().filter((id) => isDue(this.tries.get(id) ?? { failures: 0, startedMs: 0, dueMs: 0 }));
  }

  private async workOnAll(sinceMs: number, signal?: AbortSignal): Promise<void> {
    const ids = this.dueIds(sinceMs);
    for (const id of ids) {
      if (signal?.aborted) return;
      const startedMs = Date.now();
      const result = await this.work(id);
      if (result === "away") {
        for (const other of ids.slice(ids.indexOf(id))) this.failed(other, startedMs);
        return;
      }
      if (result === "failed") this.failed(id, startedMs);
      else this.tries.delete(id);
    }
  }

  private failed(id: string, startedMs: number): void {
    const failures = (this.tries.get(id)?.failures ?? 0) + 1;
    this.tries.set(id, { failures, startedMs, dueMs: Date.now() + backoffMs(failures) });
  }
}
