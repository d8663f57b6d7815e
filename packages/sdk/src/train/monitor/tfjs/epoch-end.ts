import { emitLibraryWarning } from "../../../place/notices/notices.js";
import type { SnapshotListener } from "../../../snapshot/snapshot.js";

/** Options of the epoch end callback for tfjs. */
export interface TfjsEpochEndOptions {
  /**
   * Acts at the end of every n-th epoch.
   * @defaultValue 1
   */
  epochInterval?: number;
  /** Batches of an epoch: the step of a snapshot is counted with it. Default: the step of the last metrics. */
  batchOfEpoch?: number;
  /** Files to pack with every snapshot. */
  otherFiles?: readonly string[];
  /**
   * Told of the first failure; none reaches `fit`.
   * @defaultValue a warning
   */
  onError?: (error: unknown) => void;
}

/** Hook for `callbacks` of tfjs's `fit`; stands behind the one that saves the model. */
export interface TfjsEpochEndCallback {
  onEpochEnd(epoch: number): void;
}

/**
 * The epoch end callback for tfjs: tells of a snapshot at the end of every n-th epoch, made of what is new in the snapshot folder.
 *
 * @param onSnapshot - told of epoch `epoch + 1`
 * @param options - how often, more files
 * @param lastStep - step of the last metrics
 * @returns a callback that never throws
 */
export function tfjsEpochEndCallback(
  onSnapshot: SnapshotListener,
  options: TfjsEpochEndOptions,
  lastStep: () => number,
): TfjsEpochEndCallback {
  const { epochInterval = 1, batchOfEpoch, otherFiles = [], onError = warn } = options;
  let hasFailed = false;
  return {
    onEpochEnd(epoch) {
      const done = epoch + 1;
      if (done % epochInterval !== 0) return;
      try {
        onSnapshot({ step: batchOfEpoch ? done * batchOfEpoch : lastStep(), epoch: done, files: [], otherFiles: [...otherFiles] });
      } catch (error) {
        if (!hasFailed) onError(error);
        hasFailed = true;
      }
    },
  };
}

function warn(error: unknown): void {
  emitLibraryWarning(`the tfjs epoch end callback failed; the training goes on: ${String(error)}`);
}
