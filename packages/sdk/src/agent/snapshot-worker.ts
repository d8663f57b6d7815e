import { JobFolder, type SnapshotCounts } from "../snapshot/job-folder.js";
import type { SnapshotLoopEvents } from "../snapshot/snapshot-loop.js";
import type { RunningSnapshots, SnapshotStart } from "../snapshot/start-snapshots.js";

/** Works on the snapshots of a run from the first one on; what it takes for that is loaded only then. */
export class SnapshotWorker {
  readonly jobs: JobFolder;
  private readonly start: SnapshotStart;
  private readonly events: SnapshotLoopEvents;
  private readonly isRunOver: () => boolean;
  private running: Promise<RunningSnapshots | undefined> | undefined;

  /** @param start - folders, storage, platform @param events - told of them @param isRunOver - whether the run has ended */
  constructor(start: SnapshotStart, events: SnapshotLoopEvents, isRunOver: () => boolean) {
    this.start = start;
    this.events = events;
    this.isRunOver = isRunOver;
    this.jobs = new JobFolder(start.folder);
  }

  /** Starts to work if snapshots wait. */
  look(): void {
    if (!this.running && this.jobs.isWorkLeft()) this.running = this.open();
  }

  /** @param deadlineMs - when to give up, in milliseconds since 1970 @returns how many snapshots did not come to their end */
  async settle(deadlineMs: number): Promise<SnapshotCounts> {
    this.look();
    return (await (await this.running)?.settle(deadlineMs)) ?? this.jobs.counts();
  }

  /** Ends the work; what is under way is broken off. */
  async close(): Promise<void> {
    await (await this.running)?.drain(0);
  }

  /** A wrong storage is told; it does not end the run. */
  private async open(): Promise<RunningSnapshots | undefined> {
    try {
      const { startSnapshots } = await import("../snapshot/start-snapshots.js");
      return await startSnapshots(this.start, this.events, () => this.isRunOver());
    } catch (error) {
      this.events.onSnapshotTrouble({ kind: "failed", message: `snapshots cannot be stored: ${(error as Error).message}` });
      return undefined;
    }
  }
}
