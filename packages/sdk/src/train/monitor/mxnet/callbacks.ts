import { emitLibraryWarning } from "../../../place/notices/notices.js";
import type { SnapshotListener } from "../../../snapshot/snapshot.js";
import { isPositiveInteger } from "../positive-integer.js";
import { getSamplesetNum } from "../sizes.js";
import { createBatchCounter } from "./batch-counter.js";
import type {
  MxnetBatchEndCallback,
  MxnetBatchEndParam,
  MxnetEpochEndCallback,
  MxnetEpochEndOptions,
  MxnetLocals,
  MxnetMetric,
  MxnetMetricSink,
  MxnetMonitorOptions,
} from "./types.js";

/** MXNet's names of what the platform knows under its own; other metrics keep theirs. The old client, too, told accuracy as validation's. */
const SERIES = new Map([
  ["cross-entropy", "loss"],
  ["accuracy", "val/accuracy"],
]);

/**
 * The batch end callbacks for MXNet's `fit`: one records `samples` and the metrics, one the learning rate `lr`. Values that are NaN are kept: the
 * old client skipped them, but they are what people look for.
 *
 * @param sink - takes the metrics
 * @param options - batch size and how often; length of an epoch
 * @param warn - told which option is missing or wrong
 * @returns two callbacks, neither of which ever throws; `undefined`, and a warning, without batch size or frequency
 */
export function getBatchEndCallbacks(
  sink: MxnetMetricSink,
  options: Partial<MxnetMonitorOptions>,
  warn: (message: string) => void = emitLibraryWarning,
): [reportMetrics: MxnetBatchEndCallback, reportLearningRate: MxnetBatchEndCallback] | undefined {
  const { batchSize, batchFreq } = options;
  const isPositive = (value: unknown, name: string): value is number =>
    isPositiveInteger(value, "the monitor callback for mxnet", name, warn);
  if (!isPositive(batchSize, "batchSize") || !isPositive(batchFreq, "batchFreq")) return undefined;
  const samplesOfEpoch = options.samplesOfEpoch ?? (getSamplesetNum("train") || undefined);
  const batchOfEpoch = options.batchOfEpoch ?? (samplesOfEpoch && Math.ceil(samplesOfEpoch / batchSize));
  if (batchOfEpoch !== undefined && !isPositive(batchOfEpoch, "batchOfEpoch")) return undefined;

  const counter = createBatchCounter(batchOfEpoch);
  const everyBatch = (record: (param: MxnetBatchEndParam, at: { step: number; epoch: number }) => void): MxnetBatchEndCallback =>
    neverThrowing((param) => {
      const { epoch, nbatch } = param;
      counter.see(epoch, nbatch);
      if (nbatch % batchFreq === 0) record(param, { step: counter.stepOf(epoch, nbatch), epoch });
    }, options.onError);
  return [
    everyBatch(({ epoch, nbatch, evalMetric }, at) => {
      const before = samplesOfEpoch === undefined ? (at.step - nbatch) * batchSize : samplesOfEpoch * epoch;
      sink.log({ samples: before + nbatch * batchSize, ...namedMetrics(evalMetric) }, at);
    }),
    everyBatch(({ locals }, at) => {
      const lr = learningRate(locals);
      if (lr !== undefined) sink.log({ lr }, at);
    }),
  ];
}

/**
 * The epoch end callback for MXNet's `fit`: tells of a snapshot at the end of every n-th epoch. It has to stand behind the callback that
 * writes the snapshot.
 *
 * @param onSnapshot - told of epoch `iterNo + 1`
 * @param options - how often, length of an epoch, more files
 * @param warn - told which option is missing or wrong
 * @returns a callback that never throws; `undefined`, and a warning, without `batchOfEpoch`
 */
export function getEpochEndCallback(
  onSnapshot: SnapshotListener,
  options: Partial<MxnetEpochEndOptions>,
  warn: (message: string) => void = emitLibraryWarning,
): MxnetEpochEndCallback | undefined {
  const { batchOfEpoch, epochInterval = 1, otherFiles = [] } = options;
  const isPositive = (value: unknown, name: string): value is number =>
    isPositiveInteger(value, "the epoch end callback for mxnet", name, warn);
  if (!isPositive(batchOfEpoch, "batchOfEpoch") || !isPositive(epochInterval, "epochInterval")) return undefined;
  return neverThrowing((iterNo) => {
    const epoch = iterNo + 1;
    if (epoch % epochInterval === 0) onSnapshot({ step: epoch * batchOfEpoch, epoch, files: [], otherFiles: [...otherFiles] });
  }, options.onError);
}

/** @returns the metrics that MXNet users mostly want, as the old client composed them: names of MXNet's classes, and their arguments */
export function fullMxnetMetrics(): MxnetMetric[] {
  return [
    { name: "Accuracy" },
    { name: "CrossEntropy" },
    { name: "MAE" },
    { name: "MSE" },
    { name: "RMSE" },
    { name: "TopKAccuracy", topK: 5 },
  ];
}

function namedMetrics(evalMetric: MxnetBatchEndParam["evalMetric"]): Record<string, number> {
  const pairs = evalMetric ? [...evalMetric.getNameValue()] : [];
  return Object.fromEntries(pairs.map(([name, value]) => [SERIES.get(name) ?? name, value]));
}

function learningRate(locals: MxnetLocals | undefined): number | undefined {
  /* oxlint-disable no-underscore-dangle -- MXNet's own names */
  const optimizer = locals?.self?._optimizer;
  const rate = optimizer?._getLr?.(0) ?? optimizer?._get_lr?.(0) ?? locals?.lr;
  /* oxlint-enable no-underscore-dangle */
  return typeof rate === "number" ? rate : undefined;
}

function neverThrowing<Args extends unknown[]>(
  work: (...args: Args) => void,
  onError: (error: unknown) => void = warnOf,
): (...args: Args) => void {
  let hasFailed = false;
  return (...args) => {
    try {
      work(...args);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      onError(error);
    }
  };
}

function warnOf(error: unknown): void {
  emitLibraryWarning(`the mxnet callback failed; the training goes on, metrics may be missing: ${String(error)}`);
}
