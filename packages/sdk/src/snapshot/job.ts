import type { JsonObject } from "../place/params/json-file.js";

/** Model files on their way to the storage and the platform. Lies as a file in the run's folder until it is registered. */
export interface SnapshotJob {
  /** Sorts by age; also the name of its file. */
  id: string;
  kind: "snapshot" | "custom";
  /** Name of the model to register. */
  model: string;
  /** Key of the archive in the storage: of a custom model the one that the user named; of any other it is there once the archive is stored. */
  key?: string;
  format: ArchiveFormat;
  /** Absolute paths of files and folders to pack. */
  files: string[];
  /** Where in the run it was written. */
  metric: SnapshotPlace;
  /** Facts of the run as they were then, for the model's lineage. */
  trainingRef: JsonObject;
  params: JsonObject;
  /** Files that are not in the archive, each with why; set when it is packed. */
  leftOut?: string[];
  /** Set once the archive is in the storage and verified. */
  stored?: StoredArchive;
  /** Set when it is given up: why. */
  reason?: string;
}

/** Where in the run a snapshot was written, and what the names of its files say. */
export interface SnapshotPlace {
  epoch?: number;
  /** Batch counted over the whole run. */
  batch?: number;
  /** Epoch in the names of its files. */
  nameEpoch?: number;
  /** Step, or a number of unknown meaning, in the names of its files. */
  nameStep?: number;
}

/** An archive that the storage has, its hash compared. */
export interface StoredArchive {
  url: string;
  hash: string;
  bytes: number;
  /** RFC 3339. */
  time: string;
}

/** How a snapshot is packed. `tar.gz` is what the old platform had. */
export type ArchiveFormat = "tar.gz" | "tar.zst";

/**
 * Name of a snapshot's model: `<instance>-snapshot-model:epoch_<n>`, or `:iter_<n>` where no epoch is known.
 *
 * @param instanceId - id of the instance
 * @param metric - where in the run it was written
 */
export function snapshotModelName(instanceId: string, { epoch, batch }: SnapshotJob["metric"]): string {
  const place = epoch === undefined ? `iter_${batch ?? 0}` : `epoch_${epoch}`;
  return `${instanceId}-snapshot-model:${place}`;
}

/**
 * Key of a snapshot's archive. Each has one of its own, so that no later version of the model replaces it.
 *
 * @param job - the snapshot
 * @returns as the old platform had it, with the snapshot's id; for a custom model the user's, where there is one
 */
export function archiveKey({ id, kind, model, format, key }: SnapshotJob): string {
  // Snapshots that an older SDK left waiting name one key for all versions.
  return kind === "custom" && key !== undefined ? key : `ava/default/models/${model}/snapshots/${id}/model.${format}`;
}

/**
 * Key of a log file, as the old platform had it.
 *
 * @param training - name of the training
 * @param instanceId - id of the instance
 * @param file - name of the file
 */
export function logKey(training: string, instanceId: string, file: string): string {
  return `ava/default/trainings/${training}/${instanceId}/logs/${file}`;
}
