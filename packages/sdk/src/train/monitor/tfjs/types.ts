// The parts of tfjs that the callback touches, by shape: the SDK neither imports nor depends on tfjs.

/** A tfjs Scalar, where a log has not been resolved to a number yet. */
export interface TfjsScalar {
  dataSync(): ArrayLike<number>;
}

/** What tfjs passes to a hook: metrics by name, and the counters `batch` and `size`. */
export type TfjsLogs = Record<string, number | TfjsScalar>;

/** Where the callback puts what it reads; a `TrainInstance` is one. */
export interface TfjsMetricSink {
  /**
   * @param metrics - values by name
   * @param at - `step`: batches done in the whole run; `epoch`: epochs done, with a fraction inside an epoch; `batch`: batches done in this epoch
   */
  log(metrics: Record<string, number>, at: { step: number; epoch?: number; batch?: number }): void;
}

/** Options of the tfjs callback. */
export interface TfjsCallbackOptions {
  /**
   * Log every n-th batch; epoch ends are always logged.
   * @defaultValue 1
   */
  batchFreq?: number;
  /** Samples per batch. Where it is given, `samples` (seen in the whole run) is logged beside the metrics of a batch. */
  batchSize?: number;
  /** Batches per epoch. Where it is left out, tfjs tells it, or else the first epoch does. */
  batchOfEpoch?: number;
  /**
   * Told of the first failure inside the callback; later ones are dropped, none reaches `fit`.
   * @defaultValue `process.emitWarning`
   */
  onError?: (error: unknown) => void;
}

/** Hooks for `model.fit(x, y, { callbacks })` and `model.fitDataset`. */
export interface TfjsCallback {
  onTrainBegin(this: unknown, logs?: TfjsLogs): void;
  onEpochBegin(epoch: number, logs?: TfjsLogs): void;
  onBatchEnd(batch: number, logs?: TfjsLogs): void;
  onEpochEnd(epoch: number, logs?: TfjsLogs): void;
}
