import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "../shipper/backoff.js";
import { claimSnapshots } from "./claim.js";
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
export interface SnapshotLoopOptions extends Omit<SnapshotWork, "signal" | "isRunOver"> {
  retention?: RetentionPolicy;
  /** Whether the run has ended. Default: when {@link SnapshotLoop.drain} was called. */
  isRunOver?: () => boolean;
}

/** What a look at the waiting snapshots gave. */
type Outcome = "done" | "failed" | "busy";

/** Brings the waiting snapshots of one run to storage and platform, one after the other, for as long as it takes. */
export class SnapshotLoop {
  private readonly options: SnapshotLoopOptions;
  private readonly work: SnapshotWork;
  private readonly events: SnapshotLoopEvents;
  private readonly ending = new AbortController();
  private readonly aborting = new AbortController();
  private failures = 0;
  /** Settles when nobody works on the snapshots; never rejects. */
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param options - folders, storage, platform
   * @param events - what to tell the run
   */
  constructor(options: SnapshotLoopOptions, events: SnapshotLoopEvents) {
    this.options = options;
    this.work = { ...options, signal: this.aborting.signal, isRunOver: options.isRunOver ?? (() => this.ending.signal.aborted) };
    this.events = events;
  }

  /** Works until {@link drain} is called. */
  async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const outcome = await this.round();
      const pauseMs = outcome === "failed" ? backoffMs(this.failures) : POLL_MS;
      // Ends early, by intention, when the run ends.
      await wait(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  /**
   * Waits until nothing is left to be stored, a try fails, or the time is over. The work goes on.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many still wait
   */
  async settle(deadlineMs: number): Promise<number> {
    const leftMs = () => Math.max(0, deadlineMs - Date.now());
    const inTime = <Result>(work: Promise<Result>) => Promise.race([work, wait(leftMs(), "late" as const, { ref: false })]);
    let outcome: unknown = await inTime(this.turn);
    while (outcome !== "late" && this.failures === 0 && this.countWaiting() > 0) {
      outcome = await inTime(this.round());
      if (outcome === "busy") outcome = await inTime(wait(POLL_MS));
    }
    return this.countWaiting();
  }

  /**
   * Ends {@link run} after the snapshot in work, and brings what is left on its way. One that fails now waits for the next run or a sync.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many still wait
   */
  async drain(deadlineMs: number): Promise<number> {
    this.ending.abort();
    const waiting = await this.settle(deadlineMs);
    this.aborting.abort();
    this.work.storage.close();
    return waiting;
  }

  private countWaiting(): number {
    return this.work.jobs.waitingIds().length;
  }

  /** One at a time, in the order of the calls. */
  private round(): Promise<Outcome> {
    const outcome = this.turn.then(() => this.workOnAll());
    this.turn = outcome;
    return outcome;
  }

  private async workOnAll(): Promise<Outcome> {
    try {
      if (this.countWaiting() === 0) return "done";
      const release = claimSnapshots(this.work.jobs.folder);
      if (!release) return "busy";
      try {
        return await this.workOnWaiting();
      } finally {
        release();
      }
    } catch (error) {
      // The disk went away, say.
      return this.fail("a snapshot", (error as Error).message);
    }
  }

  private async workOnWaiting(): Promise<Outcome> {
    for (const id of this.work.jobs.waitingIds()) {
      const job = this.work.jobs.read(id);
      if (!job) continue;
      const result = await processJob(job, this.work);
      if (result.kind === "failed") return this.fail(job.model, result.reason);
      this.failures = 0;
      if (result.kind === "given_up") {
        this.events.onTrouble(job.model, result.reason);
        continue;
      }
      this.events.onRegistered(result.job);
      await this.retain();
    }
    return "done";
  }

  private fail(model: string, reason: string): Outcome {
    this.failures += 1;
    this.events.onTrouble(model, reason);
    return "failed";
  }

  private async retain(): Promise<void> {
    const { retention, jobs, storage } = this.options;
    if (!retention) return;
    try {
      await applyRetention(jobs, storage, retention);
    } catch (error) {
      this.events.onTrouble("an old snapshot", `it cannot be deleted: ${(error as Error).message}`);
    }
  }
}
