import type { JsonObject } from "../params/json-file.js";

/** Model files on their way to the storage and the platform. Lies as a file in the run's folder until it is registered. */
export interface SnapshotJob {
  /** Sorts by age; also the name of its file. */
  id: string;
  kind: "snapshot" | "custom";
  /** Name of the model to register. */
  model: string;
  /** Key of the archive in the storage. */
  key: string;
  format: ArchiveFormat;
  /** Absolute paths of files and folders to pack. */
  files: string[];
  /** Where in the run it was written. */
  metric: { epoch?: number; batch?: number };
  /** Facts of the run as they were then, for the model's lineage. */
  trainingRef: JsonObject;
  params: JsonObject;
  /** Set once the archive is in the storage and verified. */
  stored?: StoredArchive;
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
 * Key of a model's archive, as the old platform had it.
 *
 * @param model - name of the model
 * @param format - how it is packed
 */
export function modelKey(model: string, format: ArchiveFormat): string {
  return `ava/default/models/${model}/snapshots/model.${format}`;
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
