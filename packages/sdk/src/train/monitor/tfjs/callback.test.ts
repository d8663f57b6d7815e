import { describe, expect, it, vi } from "vitest";
import { tfjsCallback } from "./callback.js";
import type { TfjsCallbackOptions, TfjsMetricSink } from "./types.js";

type Logged = { metrics: Record<string, number>; at: Parameters<TfjsMetricSink["log"]>[1] };

function record(options?: TfjsCallbackOptions): { logged: Logged[]; callback: ReturnType<typeof tfjsCallback> } {
  const logged: Logged[] = [];
  return { logged, callback: tfjsCallback({ log: (metrics, at) => logged.push({ metrics, at }) }, options) };
}

function runFit(
  callback: ReturnType<typeof tfjsCallback>,
  { from = 0, to, batches, params }: { from?: number; to: number; batches: number; params?: object },
): void {
  callback.onTrainBegin.call({ params });
  for (let epoch = from; epoch < to; epoch++) {
    callback.onEpochBegin(epoch);
    for (let batch = 0; batch < batches; batch++) callback.onBatchEnd(batch, { batch, size: 8, loss: 1 });
    callback.onEpochEnd(epoch, { loss: 1 });
  }
}

describe("tfjsCallback", () => {
  it("logs batches by tfjs's names and epochs under epoch/ and val/", () => {
    const { logged, callback } = record({ batchOfEpoch: 2 });
    callback.onTrainBegin();
    callback.onEpochBegin(0);
    callback.onBatchEnd(0, { batch: 0, size: 8, loss: 3, acc: 0.1 });
    callback.onBatchEnd(1, { batch: 1, size: 8, loss: 2, acc: 0.3 });
    callback.onEpochEnd(0, { val_loss: 1.5, val_acc: 0.4, loss: 2.5, acc: 0.2 });
    expect(logged).toEqual([
      { metrics: { loss: 3, acc: 0.1 }, at: { step: 1, epoch: 0.5, batch: 1 } },
      { metrics: { loss: 2, acc: 0.3 }, at: { step: 2, epoch: 1, batch: 2 } },
      { metrics: { "val/loss": 1.5, "val/acc": 0.4, "epoch/loss": 2.5, "epoch/acc": 0.2 }, at: { step: 2, epoch: 1, batch: 2 } },
    ]);
  });

  it("keeps NaN and infinite values", () => {
    const { logged, callback } = record();
    callback.onBatchEnd(0, { loss: Number.NaN, acc: Number.POSITIVE_INFINITY });
    expect(logged[0]?.metrics).toEqual({ loss: Number.NaN, acc: Number.POSITIVE_INFINITY });
  });

  it("reads scalars without disposing of them", () => {
    const dispose = vi.fn<() => void>();
    const { logged, callback } = record();
    callback.onBatchEnd(0, { loss: { dataSync: () => new Float32Array([0.25]), dispose } as never });
    expect(logged[0]?.metrics).toEqual({ loss: 0.25 });
    expect(dispose).not.toHaveBeenCalled();
  });

  it.each([
    ["the fit's samples and batch size", { samples: 17, batchSize: 8 }],
    ["the data set's batches per epoch", { steps: 3 }],
  ])("knows the length of the first epoch from %s", (_from, params) => {
    const { logged, callback } = record();
    runFit(callback, { to: 1, batches: 3, params });
    expect(logged.map(({ at }) => at.epoch)).toEqual([1 / 3, 2 / 3, 1, 1]);
  });

  it("learns the length of an epoch from the first one where nothing tells it", () => {
    const { logged, callback } = record();
    runFit(callback, { to: 2, batches: 2 });
    expect(logged.map(({ at }) => at.epoch)).toEqual([0, 0, 1, 1.5, 2, 2]);
  });

  it("goes on counting when fit is called again", () => {
    const { logged, callback } = record({ batchFreq: 100 });
    runFit(callback, { to: 2, batches: 2 });
    runFit(callback, { to: 1, batches: 2 });
    runFit(callback, { from: 3, to: 4, batches: 2 });
    expect(logged.map(({ at }) => [at.step, at.epoch])).toEqual([
      [2, 1],
      [4, 2],
      [6, 3],
      [8, 4],
    ]);
  });

  it("starts a resumed run at the step that follows from initialEpoch", () => {
    const { logged, callback } = record({ batchOfEpoch: 4, batchSize: 8, batchFreq: 4 });
    runFit(callback, { from: 5, to: 6, batches: 4 });
    expect(logged.map(({ metrics, at }) => [at.step, at.epoch, metrics.samples])).toEqual([
      [24, 6, 192],
      [24, 6, undefined],
    ]);
  });

  it("logs every n-th batch of the whole run", () => {
    const { logged, callback } = record({ batchFreq: 2 });
    runFit(callback, { to: 2, batches: 3 });
    expect(logged.filter(({ metrics }) => "loss" in metrics).map(({ at }) => at.step)).toEqual([2, 4, 6]);
  });

  it("reports the first failure once and never throws", () => {
    const onError = vi.fn<(error: unknown) => void>();
    const callback = tfjsCallback(
      {
        log() {
          throw new Error("disk full");
        },
      },
      { onError },
    );
    expect(() => runFit(callback, { to: 2, batches: 2 })).not.toThrow();
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "disk full" }));
  });

  it.each([{ batchFreq: 0 }, { batchSize: -1 }, { batchOfEpoch: 1.5 }])("refuses %j and names the option", (options) => {
    expect(() => record(options)).toThrow(Object.keys(options)[0]);
  });
});
