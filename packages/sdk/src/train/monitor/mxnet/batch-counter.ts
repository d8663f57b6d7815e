/** Where in the run a batch is. */
export interface BatchCounter {
  /**
   * Is told of every batch, so that the length of an epoch can be learnt.
   *
   * @param epoch - from 0
   * @param nbatch - batch of the epoch, from 0
   */
  see(epoch: number, nbatch: number): void;
  /** @returns batches before this one in the whole run */
  stepOf(epoch: number, nbatch: number): number;
}

/**
 * Counts batches over the whole run. Where the length of an epoch is not given, it is taken to have as many batches as the longest one seen, and
 * the first epoch seen to be the first of the run: steps are exact when all epochs have the same length and none was skipped.
 *
 * @param batchOfEpoch - batches of an epoch, where that is known
 * @returns the counter
 */
export function createBatchCounter(batchOfEpoch: number | undefined): BatchCounter {
  let firstEpoch = batchOfEpoch === undefined ? undefined : 0;
  let learnt = 0;
  return {
    see(epoch, nbatch) {
      firstEpoch ??= epoch;
      learnt = Math.max(learnt, nbatch + 1);
    },
    stepOf: (epoch, nbatch) => (epoch - (firstEpoch ?? epoch)) * (batchOfEpoch ?? learnt) + nbatch,
  };
}
