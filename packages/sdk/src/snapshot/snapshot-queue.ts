import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { AvaError } from "../error.js";
import type { Snapshot } from "../monitor/snapshot.js";
import type { JsonObject } from "../params/json-file.js";
import { type ArchiveFormat, modelKey, type SnapshotJob, snapshotModelName } from "./job.js";
import { JobFolder } from "./job-folder.js";

/** A model that is stored, verified and registered. */
export interface RegisteredModel {
  /** Name of the model. */
  model: string;
  /** Address of its archive: `qiniu://...`, `s3://...`, `file://...`. */
  url: string;
}

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

/** Takes the snapshots of a run: each becomes a file in the run's folder, from where the shipper's thread brings it on its way. */
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

  /**
   * Adds a snapshot of the training. Returns at once; the files may still grow.
   *
   * @param snapshot - where in the run, and which files; none: what is new or changed in the output folder
   * @returns settles when the model is registered, or when the run has ended before; nobody needs to wait for it
   * @throws AvaError SNAPSHOT_QUEUE_FULL, SNAPSHOT_EMPTY
   */
  add({ step, epoch, files, otherFiles }: Omit<Snapshot, "epoch"> & { epoch?: number }): Promise<RegisteredModel> {
    const own = files.length > 0 ? files.map((file) => resolve(file)) : this.newOutput();
    if (own.length === 0) {
      throw new AvaError(
        "SNAPSHOT_EMPTY",
        `there is nothing new in ${this.options.output} for a snapshot at step ${step}; write the model there first, or name its files`,
      );
    }
    const metric = { batch: step, ...(epoch === undefined ? {} : { epoch }) };
    return this.addJob(
      "snapshot",
      snapshotModelName(this.options.instanceId, metric),
      [...own, ...otherFiles.map((file) => resolve(file))],
      metric,
    );
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

  /** The run ends: what waits is left to a later one. */
  close(): void {
    for (const { reject } of this.waiting.values()) {
      reject(new AvaError("SNAPSHOT_WAITS", "the run ended before the snapshot was registered; ava-sdk sync goes on with it"));
    }
    this.waiting.clear();
  }

  private addJob(kind: SnapshotJob["kind"], model: string, files: string[], metric: SnapshotJob["metric"]): Promise<RegisteredModel> {
    const { params, trainingRef, onAdded, format } = this.options;
    const id = this.jobs.add({ kind, model, format, key: modelKey(model, format), files, metric, params, trainingRef: trainingRef() });
    this.count += 1;
    const registered = new Promise<RegisteredModel>((settle, reject) => this.waiting.set(id, { resolve: settle, reject }));
    // A callback that does not wait must not end the training with an unhandled rejection.
    registered.catch(() => undefined);
    onAdded();
    return registered;
  }

  /** Entries of the output folder that no snapshot of this process has taken as they are now. */
  private newOutput(): string[] {
    const { output } = this.options;
    return readdirSync(output)
      .map((name) => join(output, name))
      .filter((path) => {
        const state = stateOf(path);
        if (this.taken.get(path) === state) return false;
        this.taken.set(path, state);
        return true;
      });
  }
}

function stateOf(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isDirectory()) return `${facts?.size} ${facts?.mtimeMs}`;
  return readdirSync(path)
    .map((name) => `${name} ${stateOf(join(path, name))}`)
    .join("\n");
}
