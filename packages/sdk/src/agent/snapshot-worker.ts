import type { SnapshotJob } from "../snapshot/job.js";
import { JobFolder } from "../snapshot/job-folder.js";
import type { RunningSnapshots, SnapshotStart } from "../snapshot/start-snapshots.js";

/** What becomes of snapshots. */
export interface SnapshotEvents {
  onRegistered(job: SnapshotJob): void;
  /** @param model - absent where it is about all of them */
  onNotStored(reason: string, model?: string): void;
}

/** Works on the snapshots of a run from the first one on; what it takes for that is loaded only then. */
export class SnapshotWorker {
  readonly jobs: JobFolder;
  private readonly start: SnapshotStart;
  private readonly events: SnapshotEvents;
  private readonly isRunOver: () => boolean;
  private running: Promise<RunningSnapshots | undefined> | undefined;

  /** @param start - folders, storage, platform @param events - told of them @param isRunOver - whether the run has ended */
  constructor(start: SnapshotStart, events: SnapshotEvents, isRunOver: () => boolean) {
    this.start = start;
    this.events = events;
    this.isRunOver = isRunOver;
    this.jobs = new JobFolder(start.folder);
  }

  /** Starts to work if snapshots wait. */
  look(): void {
    if (!this.running && this.jobs.waitingIds().length > 0) this.running = this.open();
  }

  /** @param deadlineMs - when to give up, in milliseconds since 1970 @returns how many snapshots still wait */
  async settle(deadlineMs: number): Promise<number> {
    this.look();
    return (await (await this.running)?.settle(deadlineMs)) ?? this.jobs.waitingIds().length;
  }

  /** Ends the work; what is under way is broken off. */
  async close(): Promise<void> {
    await (await this.running)?.drain(0);
  }

  /** A wrong storage is told; it is no end of the run. */
  private async open(): Promise<RunningSnapshots | undefined> {
    try {
      const { startSnapshots } = await import("../snapshot/start-snapshots.js");
      const { events } = this;
      return await startSnapshots(
        this.start,
        { onRegistered: (job) => events.onRegistered(job), onTrouble: (model, reason) => events.onNotStored(reason, model) },
        () => this.isRunOver(),
      );
    } catch (error) {
      this.events.onNotStored((error as Error).message);
      return undefined;
    }
  }
}
