import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "../shipper/backoff.js";
import type { SnapshotJob } from "./job.js";
import { processJob, type SnapshotWork } from "./process-job.js";
import { applyRetention, type RetentionPolicy } from "./retention.js";

/** How often the folder is looked at for new snapshots. */
const POLL_MS = 500;

/** What the loop tells the run. */
export interface SnapshotLoopEvents {
  onRegistered(job: SnapshotJob): void;
  /** A try failed; it is made again. */
  onTrouble(model: string, reason: string): void;
}

/** What {@link SnapshotLoop} works with. */
export interface SnapshotLoopOptions extends SnapshotWork {
  retention?: RetentionPolicy;
}

/** Brings the waiting snapshots of one run to storage and platform, one after the other, for as long as it takes. */
export class SnapshotLoop {
  private readonly work: SnapshotLoopOptions;
  private readonly events: SnapshotLoopEvents;
  private readonly ending = new AbortController();
  private readonly aborting = new AbortController();
  private failures = 0;

  /**
   * @param work - folders, storage, platform
   * @param events - what to tell the run
   */
  constructor(work: Omit<SnapshotLoopOptions, "signal" | "isRunOver">, events: SnapshotLoopEvents) {
    this.work = { ...work, signal: this.aborting.signal, isRunOver: () => this.ending.signal.aborted };
    this.events = events;
  }

  /** Works until {@link drain} is called. */
  async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const isAllDone = await this.round();
      const pauseMs = isAllDone ? POLL_MS : backoffMs(this.failures);
      // Ends early, by intention, when the run ends.
      await wait(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  /**
   * Ends {@link run} after the snapshot in work, and brings what is left on its way. One that fails now waits for the next run or a sync.
   *
   * @param running - what `run` returned
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many still wait
   */
  async drain(running: Promise<void>, deadlineMs: number): Promise<number> {
    this.ending.abort();
    const leftMs = () => Math.max(0, deadlineMs - Date.now());
    const isInTime = (work: Promise<unknown>) => Promise.race([work.then(() => true), wait(leftMs(), false, { ref: false })]);
    if ((await isInTime(running)) && this.failures === 0) await isInTime(this.round());
    this.aborting.abort();
    this.work.storage.close();
    return this.work.jobs.waitingIds().length;
  }

  /** @returns whether nothing waits any more */
  private async round(): Promise<boolean> {
    for (const id of this.work.jobs.waitingIds()) {
      const job = this.work.jobs.read(id);
      if (!job) continue;
      const result = await processJob(job, this.work);
      if (result.kind === "failed") {
        this.failures += 1;
        this.events.onTrouble(job.model, result.reason);
        return false;
      }
      this.failures = 0;
      if (result.kind === "given_up") {
        this.events.onTrouble(job.model, result.reason);
        continue;
      }
      this.events.onRegistered(result.job);
      await this.retain();
    }
    return true;
  }

  private async retain(): Promise<void> {
    const { retention, jobs, storage } = this.work;
    if (!retention) return;
    try {
      await applyRetention(jobs, storage, retention);
    } catch (error) {
      this.events.onTrouble("an old snapshot", `it cannot be deleted: ${(error as Error).message}`);
    }
  }
}
