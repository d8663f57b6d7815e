/** A snapshot that the training has written, or is writing. */
export interface Snapshot {
  /** Batch counted over the whole run. */
  step: number;
  /** Epochs that are done. */
  epoch: number;
  /** Its files as the trainer printed them, relative to the trainer's working folder; empty where it prints none: all of the snapshot folder. */
  files: string[];
  /** Files to pack with it. */
  otherFiles: string[];
}

/** Takes a snapshot; puts it in a queue and returns at once. */
export type SnapshotListener = (snapshot: Snapshot) => void;
