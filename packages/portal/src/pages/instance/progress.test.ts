import type { FoundPoint } from "ava-protocol";
import { expect, test } from "vitest";
import { progressOf } from "./progress.js";

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
    epoch: 2,
    batch: { at: 50, of: 100 },
    totalEpochs: 10,
    totalSteps: 1000,
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
