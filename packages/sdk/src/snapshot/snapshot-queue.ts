import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { AvaError } from "../place/error.js";
import type { JsonObject } from "../place/params/json-file.js";
import { fileStateSync } from "./file-state.js";
import { type ArchiveFormat, type SnapshotJob, type SnapshotPlace, snapshotModelName } from "./job.js";
import { JobFolder } from "./job-folder.js";
import type { Snapshot } from "./snapshot.js";

/** A model that is stored, verified and registered. */
export interface RegisteredModel {
  /** Name of the model. */
  model: string;
  /** Address of its archive: `qiniu://...`, `s3://...`, `file://...`. */
  url: string;
}

/** A snapshot that is to be taken: where in the run, and its files. */
export type QueuedSnapshot = Partial<Pick<Snapshot, "step">> & Pick<Snapshot, "files" | "otherFiles"> & Omit<SnapshotPlace, "batch">;

/** What the queue needs to know of its run. */
export interface SnapshotQueueOptions {
  instanceId: string;
  /** `snapshots` of the run's folder. */
  folder: string;
  /** `output` of the run's folder: what a snapshot without files of its own is made of. */
  output: string;
  params: JsonObject;
  format: ArchiveFormat;
  /** Facts of the run at this moment, for the model's lineage. */
  trainingRef: () => JsonObject;
  /** Told that a snapshot waits. */
  onAdded: () => void;
}

/** Takes the snapshots of a run: each becomes a file in the run's folder, from where the background thread brings it on its way. */
export class SnapshotQueue {
  private readonly options: SnapshotQueueOptions;
  private readonly jobs: JobFolder;
  private readonly waiting = new Map<string, { resolve: (model: RegisteredModel) => void; reject: (error: Error) => void }>();
  private readonly taken = new Map<string, string>();
  private count = 0;

  /** @param options - facts of the run */
  constructor(options: SnapshotQueueOptions) {
    this.options = options;
    this.jobs = new JobFolder(options.folder);
  }

  /** Whether any snapshot was added. */
  get isUsed(): boolean {
    return this.count > 0;
  }

  /** Whether a snapshot of this process or an earlier one waits to be stored. */
  get isWaiting(): boolean {
    try {
      return this.jobs.waitingIds().length > 0;
    } catch {
      // A disk that is away: told by those who work on them.
      return false;
    }
  }

  /**
   * Adds a snapshot of the training. Returns at once; the files may still grow.
   *
   * @param snapshot - where in the run, and which files; none: what is new or changed in the output folder
   * @returns settles when the model is registered, or when the run has ended before; the caller need not wait for it
   * @throws AvaError SNAPSHOT_QUEUE_FULL, SNAPSHOT_EMPTY
   */
  add({ step, files, otherFiles, ...place }: QueuedSnapshot): Promise<RegisteredModel> {
    const output = files.length > 0 ? new Map<string, string>() : this.newOutput();
    const own = files.length > 0 ? files.map((file) => resolve(file)) : [...output.keys()];
    if (own.length === 0) {
      throw new AvaError(
        "SNAPSHOT_EMPTY",
        `there is nothing new in ${this.options.output} for a snapshot${step === undefined ? "" : ` at step ${step}`}; write the model there first, or name its files`,
      );
    }
    const metric = { ...(step === undefined ? {} : { batch: step }), ...place };
    const all = [...own, ...otherFiles.map((file) => resolve(file))];
    const registered = this.addJob("snapshot", snapshotModelName(this.options.instanceId, metric), all, metric);
    // Not before: what a full queue refuses is new the next time.
    for (const [path, state] of output) this.taken.set(path, state);
    return registered;
  }

  /**
   * Adds a model of the user's own.
   *
   * @param model - its name
   * @param files - files and folders to pack
   * @returns as of {@link add}
   * @throws AvaError SNAPSHOT_QUEUE_FULL
   */
  addCustom(model: string, files: readonly string[]): Promise<RegisteredModel> {
    return this.addJob(
      "custom",
      model,
      files.map((file) => resolve(file)),
      {},
    );
  }

  /** A snapshot is registered. @param id - of the snapshot */
  registered(id: string, model: RegisteredModel): void {
    this.waiting.get(id)?.resolve(model);
    this.waiting.delete(id);
  }

  /** A snapshot was given up. @param id - of the snapshot @param message - why */
  givenUp(id: string, message: string): void {
    this.waiting.get(id)?.reject(new AvaError("SNAPSHOT_GIVEN_UP", message));
    this.waiting.delete(id);
  }

  /** The run ends: what waits is left to a later one. */
  close(): void {
    for (const { reject } of this.waiting.values()) {
      reject(new AvaError("SNAPSHOT_WAITS", "the run ended before the snapshot was registered; ava-sdk sync goes on with it"));
    }
    this.waiting.clear();
  }

  private addJob(kind: SnapshotJob["kind"], model: string, files: string[], metric: SnapshotJob["metric"]): Promise<RegisteredModel> {
    const { params, trainingRef, onAdded, format } = this.options;
    const id = this.jobs.add({ kind, model, format, files, metric, params, trainingRef: trainingRef() });
    this.count += 1;
    const registered = new Promise<RegisteredModel>((settle, reject) => this.waiting.set(id, { resolve: settle, reject }));
    // A callback that does not wait must not end the training with an unhandled rejection.
    registered.catch(() => undefined);
    onAdded();
    return registered;
  }

  /** Entries of the output folder that no snapshot of this process has taken as they are now, each with what it looks like. */
  private newOutput(): Map<string, string> {
    const paths = readdirSync(this.options.output).map((name) => join(this.options.output, name));
    const states = paths.map((path) => [path, fileStateSync(path)?.text ?? ""] as const);
    return new Map(states.filter(([path, state]) => this.taken.get(path) !== state));
  }
}
