import type { Notices } from "../notices/notices.js";
import type { RunEvent } from "../parsers/parser.js";
import type { SnapshotQueue } from "../snapshot/snapshot-queue.js";
import { SnapshotWatch } from "../snapshot/watch.js";
import { collectSnapshots } from "./snapshot-lines.js";

/** Which snapshots of a wrapped command are taken. */
export interface RunSnapshotOptions {
  /** `--snapshot` globs. */
  patterns: readonly string[];
  /** Also those that the trainer's lines name: when the user has set up a storage for them. */
  shouldTakeNamed: boolean;
  batchOfEpoch?: number;
}

/** Takes the snapshots of a wrapped command: those that its lines name, and those that match a pattern. */
export class RunSnapshots {
  /** Takes an event of the command's output. */
  readonly onEvent: (event: RunEvent) => void;
  private readonly queue: SnapshotQueue;
  private readonly notices: Notices;
  private readonly options: RunSnapshotOptions;
  private readonly watch: SnapshotWatch | undefined;
  private lastStep = 0;

  /**
   * @param queue - of the run
   * @param options - which ones
   * @param notices - told of what cannot be taken
   */
  constructor(queue: SnapshotQueue, options: RunSnapshotOptions, notices: Notices) {
    this.queue = queue;
    this.options = options;
    this.notices = notices;
    this.onEvent = options.shouldTakeNamed ? collectSnapshots(({ step, files }) => this.take(step, files)) : () => undefined;
    if (options.patterns.length > 0)
      this.watch = new SnapshotWatch(options.patterns, (file, step) => this.take(step ?? this.lastStep, [file]));
  }

  /** The command has ended: takes what is new. */
  close(): void {
    this.watch?.close();
  }

  private take(step: number, files: string[]): void {
    const { batchOfEpoch } = this.options;
    this.lastStep = step;
    try {
      void this.queue.add({ step, files, otherFiles: [], ...(batchOfEpoch ? { epoch: Math.ceil(step / batchOfEpoch) } : {}) });
    } catch (error) {
      // The training does not suffer from a full queue or disk.
      this.notices.tell((error as Error).message);
    }
  }
}
