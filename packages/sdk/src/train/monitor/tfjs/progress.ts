/** Where a run is, over all of its `fit` calls. */
export interface Progress {
  beginFit(batchesOfEpoch: number | undefined): void;
  beginEpoch(epoch: number): void;
  endBatch(size: number | undefined): void;
  endEpoch(): void;
  /** Batches done in the whole run. */
  readonly step: number;
  /** Epochs done, with the fraction of the current one where its length is known. */
  readonly epoch: number;
  /** Batches done in the current epoch. */
  readonly batch: number;
  /** Samples seen in the whole run. */
  readonly samples: number;
}

/**
 * Counts batches and epochs of a run. tfjs counts batches within an epoch, and epochs from 0 again for every `fit` that is not
 * given `initialEpoch`; the counts here go on.
 *
 * @param given - what the user knows: batches per epoch, samples per batch
 */
export function createProgress(given: { batchOfEpoch?: number; batchSize?: number }): Progress {
  let step = 0;
  let samples = 0;
  let batch = 0;
  let epochNumber = 0;
  let epochsDone = 0;
  let epochShift = 0;
  let isFirstEpochOfFit = true;
  let batchesOfEpoch = given.batchOfEpoch;

  return {
    beginFit(known) {
      isFirstEpochOfFit = true;
      batchesOfEpoch = given.batchOfEpoch ?? known;
    },
    beginEpoch(epoch) {
      if (isFirstEpochOfFit) epochShift = Math.max(0, epochsDone - epoch);
      isFirstEpochOfFit = false;
      epochNumber = epoch + epochShift;
      batch = 0;
      // A run resumed with `initialEpoch` in a new process goes on where the earlier one stopped.
      if (step === 0 && epochNumber > 0 && batchesOfEpoch !== undefined) {
        step = epochNumber * batchesOfEpoch;
        samples = step * (given.batchSize ?? 0);
      }
    },
    endBatch(size) {
      step += 1;
      batch += 1;
      samples += size ?? given.batchSize ?? 0;
    },
    endEpoch() {
      batchesOfEpoch ??= batch;
      epochsDone = epochNumber + 1;
    },
    get step() {
      return step;
    },
    get epoch() {
      return batchesOfEpoch === undefined || batchesOfEpoch === 0 ? epochNumber : epochNumber + Math.min(1, batch / batchesOfEpoch);
    },
    get batch() {
      return batch;
    },
    get samples() {
      return samples;
    },
  };
}
