import { resolve, sep } from "node:path";
import type { InstanceEvent } from "ava-protocol";
import type { ItemListener } from "../console/item-recorder.js";
import { collectSnapshots } from "../console/parsers/caffe/snapshot-lines.js";
import type { RunEvent } from "../console/parsers/parser.js";
import { StepHistory } from "../console/step-history.js";
import type { Notices } from "../place/notices/notices.js";
import type { QueuedSnapshot, SnapshotQueue } from "../snapshot/snapshot-queue.js";
import { type FoundSnapshot, SnapshotWatch } from "../snapshot/watch.js";

/** A file system that does not answer holds up the command no longer than this, and then its end. */
const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 10_000;

/** Which snapshots of a wrapped command are taken. */
export interface RunSnapshotOptions {
  /** `--snapshot` globs. */
  patterns: readonly string[];
  /** Also those that the trainer's lines name: when the user has set up a storage for them. */
  shouldTakeNamed: boolean;
  batchOfEpoch?: number;
  /** Our own folders: neither they nor what is in them is a snapshot... */
  ownFolders: readonly string[];
  /** ...but in this one. */
  output: string;
}

/** Takes the snapshots of a wrapped command: those that its lines name, and those that match a pattern. */
export class RunSnapshots implements ItemListener {
  private readonly queue: SnapshotQueue;
  private readonly notices: Notices;
  private readonly onLost: (snapshot: Pick<InstanceEvent, "step" | "file" | "message">) => void;
  private readonly options: RunSnapshotOptions;
  private readonly collect: (event: RunEvent) => void;
  private readonly watch: SnapshotWatch | undefined;
  private readonly steps = new StepHistory();
  /** Files that lines have named: they are taken when the lines name them, and not once more by a pattern. */
  private readonly named = new Set<string>();

  /**
   * @param queue - of the run
   * @param options - which ones
   * @param notices - told of what cannot be taken
   * @param onLost - told of it, too: the run names what it could not store
   */
  constructor(
    queue: SnapshotQueue,
    options: RunSnapshotOptions,
    notices: Notices,
    onLost: (snapshot: Pick<InstanceEvent, "step" | "file" | "message">) => void,
  ) {
    this.onLost = onLost;
    this.queue = queue;
    this.options = options;
    this.notices = notices;
    this.collect = collectSnapshots(({ step, files }) => this.take({ step, files, otherFiles: [] }));
    const { patterns } = options;
    if (patterns.length > 0) {
      this.watch = new SnapshotWatch({ patterns, isForeign: (path) => this.isForeign(path), take: (found) => this.takeFound(found) });
    }
  }

  /** Takes an event of the command's output. */
  onEvent(event: RunEvent): void {
    // A line that does not tell the step names a file of a snapshot that patterns alone can take.
    if (event.event !== "snapshot" || event.step === undefined) return;
    this.steps.add(event.step);
    if (!this.options.shouldTakeNamed) return;
    if (event.file !== undefined) this.named.add(resolve(event.file));
    this.collect(event);
  }

  /** Takes the step of a metric. */
  onStep(step: number): void {
    this.steps.add(step);
  }

  /**
   * The command may start when this has settled: what is there before belongs to an earlier run.
   *
   * @returns settles when that is known, or looking takes too long
   */
  async ready(): Promise<void> {
    if (this.watch) await within(this.watch.ready, FIRST_LOOK_MS);
  }

  /**
   * The command has ended: takes what is new.
   *
   * @param hurry - settles when there is no time for it
   * @returns settles when it is taken, or looking takes too long
   */
  async close(hurry: Promise<void>): Promise<void> {
    if (!this.watch || (await within(this.watch.close(), LAST_LOOK_MS, hurry))) return;
    const message = `looking for new files that match ${this.options.patterns.join(" ")} took too long at the end of the command: some may not be stored`;
    this.notices.tell(message);
    this.onLost({ message });
  }

  private isForeign(path: string): boolean {
    const { ownFolders, output } = this.options;
    const isOwn = ownFolders.some((own) => holds(own, path) || holds(path, own));
    return this.named.has(path) || (isOwn && !holds(output, path));
  }

  /**
   * The step is the run's when the files were written; a step that their names call so is more exact where the run has only told an earlier one. Any
   * other number in a name may count anything.
   */
  private takeFound({ files, place, writtenMs }: FoundSnapshot): boolean {
    const told = this.steps.at(writtenMs);
    const isNameExact = place.isStepNamed && place.step !== undefined && place.step >= (told ?? 0);
    const step = isNameExact ? place.step : (told ?? place.step);
    return this.take({
      files,
      otherFiles: [],
      ...(step === undefined ? {} : { step }),
      ...(place.epoch === undefined ? {} : { epoch: place.epoch, nameEpoch: place.epoch }),
      ...(place.step === undefined ? {} : { nameStep: place.step }),
    });
  }

  private take(snapshot: QueuedSnapshot): boolean {
    const { batchOfEpoch } = this.options;
    const { step } = snapshot;
    try {
      void this.queue.add({ ...snapshot, ...(batchOfEpoch && step !== undefined ? { epoch: Math.ceil(step / batchOfEpoch) } : {}) });
      return true;
    } catch (error) {
      // The training does not suffer from a full queue or disk.
      const { message } = error as Error;
      this.notices.tell(message);
      this.onLost({ ...(step === undefined ? {} : { step }), file: snapshot.files.join(" "), message: `not stored: ${message}` });
      return false;
    }
  }
}

async function within(work: Promise<void>, timeoutMs: number, hurry?: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolved) => {
    timer = setTimeout(resolved, timeoutMs, false);
  });
  const isDone = await Promise.race([work.then(() => true), late, ...(hurry ? [hurry.then(() => false)] : [])]);
  clearTimeout(timer);
  return isDone;
}

function holds(folder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(`${folder}${sep}`);
}
