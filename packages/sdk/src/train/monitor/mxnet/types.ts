// The parts of MXNet's callback arguments that are touched, by shape.

/** What MXNet's `fit` gives a batch end callback: its `BatchEndParam`. */
export interface MxnetBatchEndParam {
  /** From 0. */
  epoch: number;
  /** Batch of the epoch, from 0. */
  nbatch: number;
  evalMetric?: { getNameValue(): Iterable<readonly [name: string, value: number]> } | undefined;
  /** Local variables of `fit`: the module as `self`, with its optimizer, or a learning rate `lr`. */
  locals?: MxnetLocals | undefined;
}

/** Where the learning rate is found. */
export interface MxnetLocals {
  self?: { _optimizer?: { _getLr?(index: number): number; _get_lr?(index: number): number } };
  lr?: unknown;
}

/** Called at the end of a batch. */
export type MxnetBatchEndCallback = (param: MxnetBatchEndParam) => void;

/** Called at the end of an epoch: its number from 0, symbol, arguments, auxiliary states. */
export type MxnetEpochEndCallback = (iterNo: number, sym?: unknown, arg?: unknown, aux?: unknown) => void;

/** Takes the metrics; a `TrainInstance` is one. */
export interface MxnetMetricSink {
  /**
   * @param metrics - values by name
   * @param at - `step`: batch counted over the whole run, from 0; `epoch`: from 0
   */
  log(metrics: Record<string, number>, at: { step: number; epoch: number }): void;
}

/** Options of the batch end callbacks. */
export interface MxnetMonitorOptions {
  /** Samples of a batch, over all devices. */
  batchSize: number;
  /** Every n-th batch of an epoch is recorded, from the first one on. */
  batchFreq: number;
  /** Batches of an epoch. Default `samplesOfEpoch / batchSize`, rounded up; else learnt from the batches seen. */
  batchOfEpoch?: number;
  /** Training samples. Default `stats.numOfSamples` of `config/trainsetinfo`; else `batchOfEpoch * batchSize`. */
  samplesOfEpoch?: number;
  /**
   * Told of the first failure inside the callbacks; none reaches `fit`.
   * @defaultValue a warning
   */
  onError?: (error: unknown) => void;
}

/** Options of the epoch end callback. */
export interface MxnetEpochEndOptions {
  /** Batches of an epoch: the step of a snapshot is counted with it. */
  batchOfEpoch: number;
  /**
   * Acts at the end of every n-th epoch.
   * @defaultValue 1
   */
  epochInterval?: number;
  /** Files to pack with every snapshot. */
  otherFiles?: readonly string[];
  /**
   * Told of the first failure; none reaches `fit`.
   * @defaultValue a warning
   */
  onError?: (error: unknown) => void;
}

/** A metric that MXNet can compute, by its class name there. */
export interface MxnetMetric {
  name: string;
  topK?: number;
}
