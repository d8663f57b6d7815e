import { ItemRecorder, type ItemSink } from "../../../console/item-recorder.js";
import { caffe } from "../../../console/parsers/caffe/parser.js";
import { collectSnapshots } from "../../../console/parsers/caffe/snapshot-lines.js";
import { MetricReader } from "../../../console/parsers/metric-reader.js";
import type { Parser } from "../../../console/parsers/parser.js";
import { createParsers } from "../../../console/parsers/registry.js";
import { emitLibraryWarning } from "../../../place/notices/notices.js";
import type { SnapshotListener } from "../../../snapshot/snapshot.js";
import { isPositiveInteger } from "../positive-integer.js";
import { ceilByLevel, getBatchSize, getSamplesetNum } from "../sizes.js";

/** Takes one line of Caffe's output; a hook for `cmd.logproc`. */
export interface CaffeLineCallback {
  (line: string): void;
  /** As of `LogHook`: reads all but the last word. */
  onCutLine(line: string): void;
}

/** Options of {@link getLogCallback}. */
export interface CaffeMonitorOptions {
  /** Batches of an epoch: metrics get an epoch, counted from 0. Default as of {@link batchOfEpochFromConfig}; unknown, they get none. */
  batchOfEpoch?: number;
  /** Regexes as of `--metric` that lines are read with, too. Default: those that the training has on the platform. */
  rules?: readonly string[];
}

/** Options of {@link getEpochEndLogCallback}. */
export interface CaffeEpochEndOptions {
  /** Batches of an epoch. Default as of {@link batchOfEpochFromConfig}. */
  batchOfEpoch?: number;
  /** Files to pack with every snapshot. */
  otherFiles?: readonly string[];
}

/** The old client counted epochs of Caffe in whole hundreds of batches. */
const BATCH_LEVEL = 100;

/**
 * The line callback that records what Caffe prints: every metric and event that `ava-sdk run` would. All values are kept: NaN, and steps
 * that come again after a resume, which the old client passed over.
 *
 * @param sink - takes the metrics and events
 * @param options - length of an epoch, rules
 * @returns a hook for `cmd.logproc`
 * @throws AvaError METRIC_REGEX_INVALID
 */
export function getLogCallback(sink: ItemSink, options: CaffeMonitorOptions = {}): CaffeLineCallback {
  const recorder = new ItemRecorder(sink);
  const batchOfEpoch = options.batchOfEpoch ?? batchOfEpochFromConfig();
  const facts = { referenceTimeMs: Date.now(), ...(batchOfEpoch ? { batchOfEpoch } : {}) };
  const parsers = createParsers({ parser: "caffe", trainingRules: options.rules ?? [] }, facts);
  const reader = new MetricReader(parsers, ({ parser, line, message }) =>
    emitLibraryWarning(`${parser} is off from line ${line} on: ${message}`),
  );
  return callback((line) => recorder.record(reader.writeColumns(Buffer.from(`${line.replace(/\r?\n$/, "")}\n`))));
}

/**
 * The line callback that tells of each snapshot, when Caffe names its solver state: the last of its files. They may still grow then.
 * Records nothing itself.
 *
 * @param onSnapshot - told of it; epoch = iteration / batchOfEpoch, rounded up
 * @param options - length of an epoch, more files
 * @param warn - told when the length of an epoch is not known
 * @returns a hook for `cmd.logproc`; `undefined`, and a warning, without a length of an epoch
 */
export function getEpochEndLogCallback(
  onSnapshot: SnapshotListener,
  options: CaffeEpochEndOptions = {},
  warn: (message: string) => void = emitLibraryWarning,
): CaffeLineCallback | undefined {
  const batchOfEpoch = options.batchOfEpoch ?? batchOfEpochFromConfig();
  if (!isPositiveInteger(batchOfEpoch, "the epoch end callback for caffe", "batchOfEpoch", warn)) return undefined;
  const feed = lineFeed(undefined);
  const take = collectSnapshots(({ step, files }) =>
    onSnapshot({ step, epoch: Math.ceil(step / batchOfEpoch), files, otherFiles: [...(options.otherFiles ?? [])] }),
  );
  return callback((line) => {
    for (const item of feed(line)) if ("event" in item) take(item);
  });
}

/**
 * Batches of an epoch as the old client took them: training samples (`config/trainsetinfo`) divided by the batch size that a step really has
 * (`solverOps.batchSize`, GPUs), rounded up to a whole hundred.
 *
 * @returns batches, or `undefined` where the number of samples is not known
 */
export function batchOfEpochFromConfig(): number | undefined {
  const samples = getSamplesetNum("train");
  const [, actualBatchSize] = getBatchSize();
  const batches = ceilByLevel(samples / actualBatchSize, BATCH_LEVEL);
  return Number.isFinite(batches) && batches > 0 ? batches : undefined;
}

/** What may be half a number is not read. */
function callback(take: (line: string) => void): CaffeLineCallback {
  return Object.assign(take, { onCutLine: (line: string) => take(line.replace(/\S+$/, "")) });
}

function lineFeed(batchOfEpoch: number | undefined): (line: string) => ReturnType<Parser["feed"]> {
  const parser = caffe.create({ referenceTimeMs: Date.now(), ...(batchOfEpoch ? { batchOfEpoch } : {}) });
  let lineNumber = 0;
  return (line) => parser.feed(line.replace(/\r?\n$/, ""), (lineNumber += 1));
}
