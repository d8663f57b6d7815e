import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { tfjsCallback } from "./callback.js";
import type { TfjsMetricSink } from "./types.js";

type Logged = { metrics: Record<string, number>; at: Parameters<TfjsMetricSink["log"]>[1] };

beforeAll(() => tf.setBackend("cpu"));

function createModel(): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2, activation: "softmax" })] });
  model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

it("logs what another callback of the same fit sees, over two fits, and keeps no tensor", async () => {
  const logged: Logged[] = [];
  const callback = tfjsCallback({ log: (metrics, at) => logged.push({ metrics, at }) });
  const seen: Logged[] = [];
  let step = 0;
  let epochShift = 0;
  const witness: tf.CustomCallbackArgs = {
    onBatchEnd(batch, logs) {
      step += 1;
      seen.push({ metrics: { loss: logs?.loss ?? -1, acc: logs?.acc ?? -1 }, at: { step, batch: batch + 1, epoch: step / 3 } });
    },
    onEpochEnd(epoch, logs = {}) {
      const { loss = -1, acc = -1, val_loss = -1, val_acc = -1 } = logs;
      const metrics = { "epoch/loss": loss, "epoch/acc": acc, "val/loss": val_loss, "val/acc": val_acc };
      seen.push({ metrics, at: { step, batch: 3, epoch: epoch + epochShift + 1 } });
    },
  };
  const model = createModel();
  const x = tf.randomNormal([20, 3], 0, 1, "float32", 1);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 20 }, (_, i) => i % 2),
      "int32",
    ),
    2,
  );
  const fit = { epochs: 2, batchSize: 8, validationData: [x, y] as [tf.Tensor, tf.Tensor], verbose: 0 } as const;

  await model.fit(x, y, { ...fit, callbacks: [callback, witness] });
  const tensorsAfterFirst = tf.memory().numTensors;
  epochShift = 2;
  await model.fit(x, y, { ...fit, callbacks: [callback, witness] });

  expect(tf.memory().numTensors).toBe(tensorsAfterFirst);
  expect(logged).toHaveLength(16);
  expect(logged.map(({ metrics }) => metrics)).toEqual(seen.map(({ metrics }) => metrics));
  expect(logged.map(({ at }) => [at.step, at.batch])).toEqual(seen.map(({ at }) => [at.step, at.batch]));
  for (const [index, { at }] of logged.entries()) expect(at.epoch).toBeCloseTo(seen[index]?.at.epoch ?? -1, 12);
});

it("does not disturb fitDataset when its sink fails", async () => {
  const failures: unknown[] = [];
  const sink: TfjsMetricSink = {
    log() {
      throw new Error("full");
    },
  };
  const callback = tfjsCallback(sink, { onError: (error) => failures.push(error) });
  const rows = tf.data.array(Array.from({ length: 12 }, (_, i) => ({ xs: [i, 1, 2], ys: i % 2 ? [1, 0] : [0, 1] })));
  const history = await createModel().fitDataset(rows.batch(4), { epochs: 2, verbose: 0, callbacks: callback });
  expect(history.history.loss).toHaveLength(2);
  expect(failures).toHaveLength(1);
});
