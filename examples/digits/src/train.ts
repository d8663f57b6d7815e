import * as tf from "@tensorflow/tfjs";
import type { TrainInstance } from "ava-sdk";
import { type DigitSet, loadDigits, pixelsPerDigit } from "./digits.js";
import { createModel, type HyperParams, useWasm } from "./model.js";
import type { ProgressBar } from "./progress-bar.js";

/** How a training ended. */
export interface TrainResult {
  validationAccuracy: number;
  /** Points that the run logged, counted beside the SDK. */
  points: number;
}

/**
 * Trains the network on the digits and records every batch and epoch in `instance`.
 *
 * @param instance - the run
 * @param hyperParams - how the network learns
 * @param bar - where a person sees it
 * @param stop - ends the training after the batch in work
 * @throws the reason of `stop`
 */
export async function trainDigits(
  instance: TrainInstance,
  hyperParams: HyperParams,
  bar: ProgressBar,
  stop: AbortSignal,
): Promise<TrainResult> {
  await useWasm();
  const { epochs, batchSize, validationShare, seed } = hyperParams;
  const { train, validation } = loadDigits(validationShare, seed);
  const batchesPerEpoch = Math.ceil(train.labels.length / batchSize);
  const validationData = toTensors(validation);
  const { x, y } = toTensors(train);

  let epoch = 0;
  let points = 0;
  const watch: tf.CustomCallbackArgs = {
    onBatchEnd(batch, { loss = Number.NaN, acc = Number.NaN } = {}) {
      points += 2;
      const share = (epoch + (batch + 1) / batchesPerEpoch) / epochs;
      bar.show(share, `epoch ${epoch + 1}/${epochs}  loss ${loss.toFixed(3)}  acc ${percent(acc)}`);
    },
    onEpochEnd(_epoch, { loss = Number.NaN, val_loss = Number.NaN, val_acc } = {}) {
      // An epoch that was stopped is not validated.
      if (val_acc === undefined) return;
      points += 4;
      epoch += 1;
      bar.print(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(3)}  validation loss ${val_loss.toFixed(3)}, accuracy ${percent(val_acc)}`);
    },
  };

  const monitor = instance.getMonitorCallback("tfjs", { batchOfEpoch: batchesPerEpoch });
  const model = createModel(hyperParams);
  stop.addEventListener("abort", () => {
    model.stopTraining = true;
  });
  const { history } = await model.fit(x, y, {
    epochs,
    batchSize,
    shuffle: false,
    validationData: [validationData.x, validationData.y],
    verbose: 0,
    callbacks: monitor ? [monitor, watch] : [watch],
  });
  stop.throwIfAborted();
  return { validationAccuracy: Number(history.val_acc?.at(-1)), points };
}

function toTensors({ pixels, labels }: DigitSet): { x: tf.Tensor2D; y: tf.Tensor2D } {
  return { x: tf.tensor2d(pixels, [labels.length, pixelsPerDigit]), y: tf.oneHot(tf.tensor1d(labels, "int32"), 10) as tf.Tensor2D };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
