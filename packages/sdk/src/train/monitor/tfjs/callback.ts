import { createProgress } from "./progress.js";
import type { TfjsCallback, TfjsCallbackOptions, TfjsLogs, TfjsMetricSink } from "./types.js";

/** Keys of tfjs's logs that count instead of measuring. */
const counters = new Set(["batch", "size"]);

/**
 * Makes the hooks that turn tfjs's training logs into metrics: `loss`, `acc` for every batch; at the end of an epoch its averages
 * `epoch/loss`, `epoch/acc` and the validation's `val/loss`, `val/acc`, at the step of the last batch. Keep one callback for the
 * whole run: later `fit` calls go on counting. A run resumed with `initialEpoch` in a new process starts at the step that follows
 * from the batches per epoch, or at 0 where those are unknown.
 *
 * @param sink - takes the metrics
 * @param options - how often, and what tfjs does not tell
 * @returns hooks for `callbacks` of `fit` and `fitDataset`; they never throw and keep no tensor
 * @throws RangeError where `batchFreq`, `batchSize` or `batchOfEpoch` is not a positive integer
 */
export function tfjsCallback(sink: TfjsMetricSink, options: TfjsCallbackOptions = {}): TfjsCallback {
  const { batchFreq = 1, batchSize, batchOfEpoch, onError = warn } = options;
  for (const [name, value] of Object.entries({ batchFreq, batchSize, batchOfEpoch })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`${name} of the tfjs callback must be a positive integer, not ${value}.`);
    }
  }
  const progress = createProgress({ ...(batchOfEpoch && { batchOfEpoch }), ...(batchSize && { batchSize }) });
  let hasFailed = false;

  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      onError(error);
    }
  }

  return {
    onTrainBegin() {
      guard(() => progress.beginFit(batchesOfFit(this)));
    },
    onEpochBegin(epoch) {
      guard(() => progress.beginEpoch(epoch));
    },
    onBatchEnd(_batch, logs = {}) {
      guard(() => {
        progress.endBatch(logs.size === undefined ? undefined : toNumber(logs.size));
        if (progress.step % batchFreq !== 0) return;
        const metrics = readMetrics(logs, (name) => name);
        if (batchSize !== undefined) metrics.samples = progress.samples;
        sink.log(metrics, { step: progress.step, epoch: progress.epoch, batch: progress.batch });
      });
    },
    onEpochEnd(_epoch, logs = {}) {
      guard(() => {
        progress.endEpoch();
        sink.log(readMetrics(logs, nameAtEpochEnd), { step: progress.step, epoch: progress.epoch, batch: progress.batch });
      });
    },
  };
}

function nameAtEpochEnd(name: string): string {
  return name.startsWith("val_") ? `val/${name.slice("val_".length)}` : `epoch/${name}`;
}

function readMetrics(logs: TfjsLogs, nameOf: (name: string) => string): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [name, value] of Object.entries(logs)) {
    if (!counters.has(name)) metrics[nameOf(name)] = toNumber(value);
  }
  return metrics;
}

function toNumber(value: TfjsLogs[string]): number {
  return typeof value === "number" ? value : (value.dataSync()[0] ?? Number.NaN);
}

/** Batches per epoch as tfjs knows them: it calls the hooks on its own callback object, which holds the parameters of the fit. */
function batchesOfFit(caller: unknown): number | undefined {
  const { params } = (caller ?? {}) as { params?: { steps?: unknown; samples?: unknown; batchSize?: unknown } };
  if (typeof params?.steps === "number") return params.steps;
  if (typeof params?.samples === "number" && typeof params.batchSize === "number") return Math.ceil(params.samples / params.batchSize);
  return undefined;
}

function warn(error: unknown): void {
  process.emitWarning(`The tfjs callback failed; the training goes on, metrics may be missing: ${String(error)}`, "AvaWarning");
}
