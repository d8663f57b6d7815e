import { claimFolder } from "../workspace/claim-folder.js";
import type { SnapshotJob } from "./job.js";
import type { SnapshotCounts } from "./job-folder.js";
import { Lane, type LaneResult } from "./lane.js";
import { type SnapshotWork, storeJob } from "./process-job.js";
import type { RegisterModel } from "./register-model.js";
import { applyRetention, type RetentionPolicy } from "./retention.js";
import { type SettleOptions, SettleWatch } from "./settle.js";

/** A word about a snapshot that does not go its way. */
export interface SnapshotTrouble {
  /** For the user, whole. */
  message: string;
  /** Which one; absent where it is about all of them. */
  job?: SnapshotJob;
  /** Whether it is tried again, or stored all the same, or given up. */
  kind: "failed" | "note" | "given_up";
}

/** What the loop tells the run. */
export interface SnapshotLoopEvents {
  onRegistered(job: SnapshotJob): void;
  onSnapshotTrouble(trouble: SnapshotTrouble): void;
}

/** What {@link SnapshotLoop} works with. */
export interface SnapshotLoopOptions extends Omit<SnapshotWork, "signal" | "isRunOver" | "settle"> {
  register: RegisterModel;
  retention?: RetentionPolicy;
  settle?: SettleOptions;
  /** Whether the run has ended. Default: when {@link SnapshotLoop.drain} was called. */
  isRunOver?: () => boolean;
}

/** Brings the waiting snapshots of one run to the storage, and the stored ones to the platform, for as long as it takes. Neither waits for the other. */
export class SnapshotLoop {
  private readonly options: SnapshotLoopOptions;
  private readonly work: SnapshotWork;
  private readonly events: SnapshotLoopEvents;
  private readonly ending = new AbortController();
  private readonly aborting = new AbortController();
  private readonly storing: Lane;
  private readonly registering: Lane;
  private holders = 0;
  private release: (() => void) | undefined;

  /**
   * @param options - folders, storage, platform
   * @param events - what to tell the run
   */
  constructor(options: SnapshotLoopOptions, events: SnapshotLoopEvents) {
    const { jobs, settle, isRunOver = () => this.ending.signal.aborted } = options;
    this.options = options;
    this.work = { ...options, settle: new SettleWatch(settle), signal: this.aborting.signal, isRunOver };
    this.events = events;
    const hold = (work: () => Promise<void>) => this.hold(work);
    this.storing = new Lane(
      () => jobs.waitingIds(),
      (id) => this.store(id),
      hold,
    );
    this.registering = new Lane(
      () => jobs.storedIds(),
      (id) => this.register(id),
      hold,
    );
  }

  /** Works until {@link drain} is called. */
  async run(): Promise<void> {
    await Promise.all([this.storing.run(this.ending.signal), this.registering.run(this.ending.signal)]);
  }

  /**
   * Waits until nothing is left to be stored or registered but what fails, or the time is over. The work goes on.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many did not come to their end
   */
  async settle(deadlineMs: number): Promise<SnapshotCounts> {
    let isStoring = true;
    const stored = this.storing
      .settle(deadlineMs, () => false)
      .then(() => {
        isStoring = false;
      });
    await Promise.all([stored, this.registering.settle(deadlineMs, () => isStoring)]);
    return this.options.jobs.counts();
  }

  /**
   * Ends {@link run} after the snapshots in work, and brings what is left on its way. One that fails now waits for the next run or a sync.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many did not come to their end
   */
  async drain(deadlineMs: number): Promise<SnapshotCounts> {
    this.ending.abort();
    const counts = await this.settle(deadlineMs);
    this.aborting.abort();
    this.work.storage.close();
    return counts;
  }

  /** One process at a time works on the snapshots of a run; both lanes of this one. */
  private async hold(work: () => Promise<void>): Promise<void> {
    try {
      this.release ??= claim(this.options.jobs.folder);
      if (!this.release) return;
      this.holders += 1;
      try {
        await work();
      } finally {
        this.holders -= 1;
        if (this.holders === 0) this.letGo();
      }
    } catch (error) {
      // The disk went away, say.
      this.events.onSnapshotTrouble({ kind: "failed", message: `snapshots cannot be stored: ${(error as Error).message}` });
    }
  }

  private letGo(): void {
    const { release } = this;
    this.release = undefined;
    release?.();
  }

  private async store(id: string): Promise<LaneResult> {
    const waiting = this.options.jobs.read(id);
    if (!waiting) return "done";
    const result = await storeJob(waiting, this.work);
    if (result.kind === "waits") return "waits";
    if (result.kind === "stored") {
      const { leftOut, model } = result.job;
      const message = `snapshot ${model} is stored without some files: ${leftOut?.join(", ")}`;
      if (leftOut) this.events.onSnapshotTrouble({ kind: "note", message, job: waiting });
      return "done";
    }
    const { kind, reason } = result;
    const what = kind === "given_up" ? "is given up" : "is not stored yet";
    this.events.onSnapshotTrouble({ kind, message: `snapshot ${waiting.model} ${what}: ${reason}`, job: waiting });
    return kind === "given_up" ? "done" : "failed";
  }

  private async register(id: string): Promise<LaneResult> {
    const { jobs, register } = this.options;
    const job = jobs.read(id);
    if (!job) return "done";
    const refusal = await register(job, this.aborting.signal);
    if (refusal !== undefined) {
      this.events.onSnapshotTrouble({
        kind: "failed",
        message: `snapshot ${job.model} is stored, and not registered yet: ${refusal}`,
        job,
      });
      return "failed";
    }
    jobs.finish(id);
    this.events.onRegistered(job);
    await this.retain();
    return "done";
  }

  private async retain(): Promise<void> {
    const { retention, jobs, storage } = this.options;
    if (!retention) return;
    try {
      await applyRetention(jobs, storage, retention);
    } catch (error) {
      this.events.onSnapshotTrouble({ kind: "note", message: `an old snapshot cannot be deleted: ${(error as Error).message}` });
    }
  }
}

function claim(folder: string): (() => void) | undefined {
  try {
    return claimFolder(folder);
  } catch {
    // A file system without symbolic links: work that is done twice stores the same.
    return () => undefined;
  }
}
