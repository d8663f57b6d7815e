import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { pixelsPerDigit } from "./digits.js";

/** What decides how the network learns. */
export interface HyperParams {
  hiddenUnits: number;
  learningRate: number;
  batchSize: number;
  epochs: number;
  validationShare: number;
  seed: number;
}

/**
 * Selects the WebAssembly backend, several times faster than plain JavaScript. Its version 4.22 cannot train a convolution (there is no
 * kernel `Conv2DBackpropFilter`), so the network is of dense layers.
 */
export async function useWasm(): Promise<void> {
  const packageFile = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  setWasmPaths(`${path.join(path.dirname(packageFile), "dist")}${path.sep}`);
  await tf.setBackend("wasm");
}

/** A network with one hidden layer, ready to fit. */
export function createModel({ hiddenUnits, learningRate, seed }: HyperParams): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [pixelsPerDigit],
        units: hiddenUnits,
        activation: "relu",
        kernelInitializer: tf.initializers.heNormal({ seed }),
      }),
      tf.layers.dense({ units: 10, activation: "softmax", kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(learningRate), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
