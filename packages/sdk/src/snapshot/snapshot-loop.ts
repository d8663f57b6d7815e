import { claimFolder } from "../machine/claim-folder.js";
import type { SnapshotJob } from "./job.js";
import type { SnapshotCounts } from "./job-folder.js";
import { Lane, type LaneResult } from "./lane.js";
import { Patience } from "./patience.js";
import { isPacked, packJob, type SnapshotWork, type StoreResult, uploadJob } from "./process-job.js";
import type { RegisterModel } from "./register-model.js";
import { applyRetention, type RetentionPolicy } from "./retention.js";
import { type SettleOptions, SettleWatch } from "./settle.js";

/** Longest wait of an end for an answer of the platform, as that for its records. */
const PLATFORM_MS = 10_000;

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
export interface SnapshotLoopOptions extends Omit<SnapshotWork, "signal" | "isRunOver" | "settle" | "onProgress"> {
  register: RegisterModel;
  /** Tells the platform that a snapshot was given up. */
  tellGivenUp: RegisterModel;
  retention?: RetentionPolicy;
  settle?: SettleOptions;
  /** Whether the run has ended. Default: when {@link SnapshotLoop.drain} was called. */
  isRunOver?: () => boolean;
}

/**
 * Brings the waiting snapshots of one run to the storage, and the stored ones to the platform, for as long as it takes. Packing does not wait for uploads,
 * since files may go away; neither waits for the platform.
 */
export class SnapshotLoop {
  private readonly options: SnapshotLoopOptions;
  private readonly work: SnapshotWork;
  private readonly events: SnapshotLoopEvents;
  private readonly patience: Patience;
  private readonly ending = new AbortController();
  private readonly aborting = new AbortController();
  /** Packing and uploading. */
  private readonly storing: readonly Lane[];
  /** Registering, and telling what was given up. */
  private readonly telling: readonly Lane[];
  /** Ends the wait of an end for the platform. */
  private platformTimer: NodeJS.Timeout | undefined;
  private holders = 0;
  private release: (() => void) | undefined;

  /**
   * @param options - folders, storage, platform
   * @param events - what to tell the run
   */
  constructor(options: SnapshotLoopOptions, events: SnapshotLoopEvents) {
    const { jobs, settle, isRunOver = () => this.ending.signal.aborted } = options;
    this.options = options;
    this.patience = new Patience(() => JSON.stringify(jobs.counts()));
    const onProgress = () => this.patience.moved();
    this.work = { ...options, settle: new SettleWatch(settle), signal: this.aborting.signal, isRunOver, onProgress };
    this.events = events;
    const hold = (work: () => Promise<void>) => this.hold(work);
    const lane = (ids: () => string[], work: (id: string) => Promise<LaneResult>) => new Lane(ids, work, hold);
    this.storing = [
      lane(
        () => jobs.waitingIds().filter((id) => !isPacked(id, this.work)),
        (id) => this.store(id, packJob),
      ),
      lane(
        () => jobs.waitingIds().filter((id) => isPacked(id, this.work)),
        (id) => this.store(id, uploadJob),
      ),
    ];
    this.telling = [
      lane(
        () => jobs.storedIds(),
        (id) => this.register(id),
      ),
      lane(
        () => jobs.givenUpIds(),
        (id) => this.tellGivenUp(id),
      ),
    ];
  }

  /** Works until {@link drain} is called. */
  async run(): Promise<void> {
    await Promise.all([...this.storing, ...this.telling].map((lane) => lane.run(this.ending.signal)));
  }

  /**
   * Waits until nothing is left to be stored or registered but what fails, or the time is over, or nothing gets on. The work goes on.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @returns how many did not come to their end
   */
  async settle(deadlineMs: number): Promise<SnapshotCounts> {
    const deadline = AbortSignal.timeout(Math.max(0, deadlineMs - Date.now()));
    const watch = this.patience.watch();
    const stored = settleAll(this.storing, AbortSignal.any([deadline, watch.signal]), Promise.resolve()).finally(watch.stop);
    // What waits for the platform alone is safe: a platform that does not answer does not hold the end back for long.
    const silence = new AbortController();
    void stored.then(() => {
      this.platformTimer = setTimeout(() => silence.abort(), PLATFORM_MS).unref();
    });
    await settleAll(this.telling, AbortSignal.any([deadline, silence.signal]), stored);
    clearTimeout(this.platformTimer);
    const { reason } = this.patience;
    return { ...this.options.jobs.counts(), ...(reason === undefined ? {} : { reason }) };
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
      const { message } = error as Error;
      this.patience.failed(message);
      this.events.onSnapshotTrouble({ kind: "failed", message: `snapshots cannot be stored: ${message}` });
    }
  }

  private letGo(): void {
    const { release } = this;
    this.release = undefined;
    release?.();
  }

  private async store(id: string, work: typeof packJob): Promise<LaneResult> {
    const waiting = this.options.jobs.read(id);
    if (!waiting) return "done";
    const result = await (work === packJob ? this.patience.during(work(waiting, this.work)) : work(waiting, this.work));
    this.tellOf(waiting, result);
    if (result.kind === "waits") {
      this.patience.moved();
      return "waits";
    }
    if (result.kind !== "failed") return "done";
    this.patience.failed(result.reason);
    return result.isAway ? "away" : "failed";
  }

  private tellOf(job: SnapshotJob, result: StoreResult): void {
    const tell = (kind: SnapshotTrouble["kind"], what: string) =>
      this.events.onSnapshotTrouble({ kind, message: `snapshot ${job.model} ${what}`, job });
    if (result.kind === "failed") tell("failed", `is not stored yet: ${result.reason}`);
    if (result.kind === "given_up") tell("given_up", `is given up: ${result.reason}`);
    if (result.kind === "stored" && result.job.leftOut) tell("note", `is stored without some files: ${result.job.leftOut.join(", ")}`);
  }

  private async register(id: string): Promise<LaneResult> {
    const { jobs, register } = this.options;
    const job = jobs.read(id);
    if (!job) return "done";
    const refusal = await register(job, this.aborting.signal);
    if (refusal) {
      const message = `snapshot ${job.model} is stored, and not registered yet: ${refusal.reason}`;
      this.events.onSnapshotTrouble({ kind: "failed", message, job });
      return refusal.isAway ? "away" : "failed";
    }
    jobs.finish(id);
    this.platformTimer?.refresh();
    this.events.onRegistered(job);
    await this.retain();
    return "done";
  }

  private async tellGivenUp(id: string): Promise<LaneResult> {
    const { jobs, tellGivenUp } = this.options;
    const job = jobs.readGivenUp(id);
    // The shipper of the run tells what is in the way.
    if (!job || (await tellGivenUp(job))) return "away";
    jobs.told(id);
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

/** Settles lanes, each of which may get more from the one before it. @param before - settles when nothing more comes to the first */
async function settleAll(lanes: readonly Lane[], signal: AbortSignal, before: Promise<void>): Promise<void> {
  let earlier = before;
  for (const lane of lanes) {
    let mayGetMore = true;
    void earlier.then(() => {
      mayGetMore = false;
    });
    earlier = Promise.all([earlier, lane.settle(signal, () => mayGetMore)]).then(() => undefined);
  }
  await earlier;
}

function claim(folder: string): (() => void) | undefined {
  try {
    return claimFolder(folder);
  } catch {
    // A file system without symbolic links: work that is done twice stores the same.
    return () => undefined;
  }
}
