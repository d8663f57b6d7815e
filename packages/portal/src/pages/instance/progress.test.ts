import type { FoundPoint } from "ava-protocol";
import { expect, test } from "vitest";
import { progressOf } from "./progress.js";
import { toldProgress } from "./told-progress.js";

const at = (step: number, second: number, epoch?: number): FoundPoint => ({
  step,
  ...(epoch === undefined ? {} : { epoch }),
  timeNs: String(1_767_225_600_000_000_000n + BigInt(second) * 1_000_000_000n),
  value: 1,
});

test("epoch, batch, rate and time left come from the run's last points, its params and the batches of its epoch", () => {
  const instance = { paramsText: '{"train": {"num_epochs": 10}}', batchOfEpoch: 100 };
  expect(progressOf(instance, [at(200, 0, 2), at(230, 10, 2), at(250, 25, 2)])).toEqual({
    step: 250,
    epoch: 3,
    batch: { at: 50, of: 100 },
    totalEpochs: 10,
    totalSteps: 1000,
    done: 0.25,
    stepsPerSecond: 2,
    leftMs: 375_000,
  });
});

test.each([
  ['{"max_steps": 500}', 500],
  ['{"total_iterations": 500}', 500],
  ['{"trainer.max-iter": 500}', 500],
  ['{"opt": {"maxIters": "500"}}', 500],
  ['{"warmup_steps": 500, "log_every_steps": 5}', undefined],
  ['{"max_steps": -1}', undefined],
  ['{"epochs": 5}', undefined],
])("%s says %s steps", (paramsText, total) => {
  expect(progressOf({ paramsText }, [at(1, 0)])?.totalSteps).toBe(total);
});

test("a run that went back is measured from there, one that is over its end has nothing left, and one without points has no progress", () => {
  const instance = { paramsText: '{"max_steps": 100}' };
  expect(progressOf(instance, [at(90, 0), at(50, 100), at(60, 110)])).toMatchObject({ stepsPerSecond: 1, leftMs: 40_000 });
  expect(progressOf(instance, [at(100, 0), at(120, 10)])?.leftMs).toBe(0);
  expect(progressOf(instance, [at(10, 5)])).toMatchObject({ stepsPerSecond: undefined, leftMs: undefined });
  expect(progressOf(instance, [])).toBeUndefined();
});

const STARTED = "2026-01-01T00:00:00Z";

test("a run that says no more than `Epoch 2/300` is known to its end", () => {
  const told = toldProgress("Epoch 1/300 loss: 0.5\nEpoch 2/300 loss: 0.4\n");
  expect(told).toEqual({ epoch: 2, totalEpochs: 300, batch: undefined });
  expect(progressOf({ paramsText: "{}", startTime: STARTED }, [at(1, 10, 1), at(2, 20, 2)], told)).toMatchObject({
    epoch: 2,
    totalEpochs: 300,
    done: 2 / 300,
    leftMs: 2_980_000,
  });
});

test("a run that goes on with epoch 151 has as long left as its own epochs take, not those before it", () => {
  const lines = toldProgress("Epoch 159/300 - loss: 0.4\nEpoch 160/300 - loss: 0.4\n");
  const points = [0, 3, 6, 9].map((epoch) => at(epoch, 2 + 2 * epoch, epoch));
  expect(progressOf({ paramsText: "{}", startTime: STARTED }, points, lines)).toMatchObject({ epoch: 160, leftMs: 280_000 });
  const bar = toldProgress("Epoch 102/200\n10/20 ━━━━ 1s 2ms/step - loss: 2.0");
  expect(progressOf({ paramsText: "{}", startTime: STARTED }, [at(25, 13, 1), at(30, 15, 1)], bar)).toMatchObject({ leftMs: 985_000 });
  // Its own records may have the epochs as they are.
  const own = { paramsText: '{"epochs": 300}', startTime: STARTED };
  expect(progressOf(own, [at(1, 10, 150), at(2, 20, 152)])).toMatchObject({ leftMs: 740_000 });
});

test("the bar of Keras tells the part of an epoch that is done", () => {
  const told = toldProgress("Epoch 1/4\n100/100 ━━━━ 1s 2ms/step - loss: 2.0\nEpoch 2/4\n 50/100 [=====>.....] - ETA: 1s - loss: 1.0");
  expect(told).toEqual({ epoch: 2, totalEpochs: 4, batch: { at: 50, of: 100 } });
  expect(progressOf({ paramsText: "{}", startTime: STARTED }, [at(1, 5), at(150, 30)], told)).toMatchObject({
    epoch: 2,
    batch: { at: 50, of: 100 },
    done: 0.375,
    leftMs: 50_000,
  });
});

test.each([["no words of it"], ["epoch 3 of training"], ["Epoch 7/3"], ["Epoch 0/0"], ["wait 3/4 [==>"]])(
  "%j says nothing of epochs",
  (text) => {
    expect(toldProgress(text)).toBeUndefined();
  },
);
