import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Snapshot } from "../../../snapshot/snapshot.js";
import { getBatchEndCallbacks, getEpochEndCallback } from "./callbacks.js";
import type { MxnetBatchEndParam, MxnetLocals, MxnetMonitorOptions } from "./types.js";

interface Logged {
  metrics: Record<string, number>;
  at: { step: number; epoch: number };
}

let logged: Logged[];

beforeEach(() => {
  logged = [];
  vi.stubEnv("AVA_WORKSPACE", mkdtempSync(join(tmpdir(), "ava-mxnet-")));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const sink = { log: (metrics: Record<string, number>, at: { step: number; epoch: number }) => void logged.push({ metrics, at }) };

function callbacksFor(options: Partial<MxnetMonitorOptions>): ((param: MxnetBatchEndParam) => void)[] {
  const callbacks = getBatchEndCallbacks(sink, { batchSize: 32, batchFreq: 10, ...options });
  if (!callbacks) throw new Error("no callbacks");
  return callbacks;
}

/** Calls the callbacks as `fit` does: for every batch, from 0. */
function fit(
  callbacks: ((param: MxnetBatchEndParam) => void)[],
  { epochs, batches, firstEpoch = 0 }: { epochs: number; batches: number; firstEpoch?: number },
  values: [string, number][] = [["accuracy", 0.5]],
  locals?: MxnetLocals,
): void {
  for (let epoch = firstEpoch; epoch < firstEpoch + epochs; epoch++) {
    for (let nbatch = 0; nbatch < batches; nbatch++) {
      for (const callback of callbacks) callback({ epoch, nbatch, evalMetric: { getNameValue: () => values }, locals });
    }
  }
}

test("metrics have the platform's names, the learning rate comes from the second callback, NaN is kept", () => {
  const optimizer = { rate: 0.01, _getLr: (index: number) => (index === 0 ? optimizer.rate : -1) };
  const values: [string, number][] = [
    ["accuracy", 0.5],
    ["cross-entropy", Number.NaN],
    ["top_k_accuracy_5", 0.9],
  ];
  fit(callbacksFor({ batchOfEpoch: 20 }), { epochs: 1, batches: 11 }, values, { self: { _optimizer: optimizer } });
  const metrics = { "val/accuracy": 0.5, loss: Number.NaN, top_k_accuracy_5: 0.9 };
  expect(logged).toEqual([
    { metrics: { samples: 0, ...metrics }, at: { step: 0, epoch: 0 } },
    { metrics: { lr: 0.01 }, at: { step: 0, epoch: 0 } },
    { metrics: { samples: 320, ...metrics }, at: { step: 10, epoch: 0 } },
    { metrics: { lr: 0.01 }, at: { step: 10, epoch: 0 } },
  ]);
});

test.each<[string, MxnetLocals, number | undefined]>([
  ["the method under Python's name", { self: { _optimizer: { _get_lr: () => 0.3 } } }, 0.3],
  ["a number", { lr: 0.2 }, 0.2],
  ["nothing", {}, undefined],
])("the learning rate is found as %s", (_, locals, rate) => {
  fit(callbacksFor({}), { epochs: 1, batches: 1 }, [], locals);
  expect(logged.find(({ metrics }) => "lr" in metrics)?.metrics["lr"]).toBe(rate);
});

test.each<[string, Partial<MxnetMonitorOptions>, number[], number[]]>([
  ["batchOfEpoch", { batchOfEpoch: 25 }, [0, 10, 20, 25, 35, 45], [0, 320, 640, 800, 1120, 1440]],
  ["samplesOfEpoch", { samplesOfEpoch: 790 }, [0, 10, 20, 25, 35, 45], [0, 320, 640, 790, 1110, 1430]],
  ["what the first epoch teaches", {}, [0, 10, 20, 25, 35, 45], [0, 320, 640, 800, 1120, 1440]],
])("steps and samples go on over epochs by %s", (_, options, steps, samples) => {
  fit(callbacksFor(options), { epochs: 2, batches: 25 });
  const own = logged.filter(({ metrics }) => "samples" in metrics);
  expect(own.map(({ at }) => at.step)).toEqual(steps);
  expect(own.map(({ metrics }) => metrics["samples"])).toEqual(samples);
  expect(own.map(({ at }) => at.epoch)).toEqual([0, 0, 0, 1, 1, 1]);
});

test.each([
  [25, [175, 185, 195, 200, 210, 220]],
  [undefined, [0, 10, 20, 25, 35, 45]],
])("a run resumed at epoch 7 with batchOfEpoch %s has growing steps", (batchOfEpoch, steps) => {
  fit(callbacksFor(batchOfEpoch ? { batchOfEpoch } : {}), { epochs: 2, batches: 25, firstEpoch: 7 });
  expect(logged.map(({ at }) => at.step)).toEqual(steps);
});

test("no failure reaches fit; each callback tells its first", () => {
  const errors: unknown[] = [];
  const failing = {
    log: () => {
      throw new Error("full");
    },
  };
  const callbacks = getBatchEndCallbacks(failing, { batchSize: 1, batchFreq: 1, onError: (error) => errors.push(error) });
  fit(callbacks ?? [], { epochs: 1, batches: 5 }, [], { lr: 1 });
  fit(callbacks ?? [], { epochs: 1, batches: 5 }, [], undefined);
  expect(errors).toHaveLength(2);
});

test.each([
  [{ batchFreq: 1 }, "batchSize is missing"],
  [{ batchSize: 1 }, "batchFreq is missing"],
  [{ batchSize: 0, batchFreq: 1 }, "batchSize is 0"],
  [{ batchSize: 1, batchFreq: 1.5 }, "batchFreq is 1.5"],
  [{ batchSize: 1, batchFreq: 1, batchOfEpoch: -1 }, "batchOfEpoch is -1"],
])("without what it needs there is no callback, and a warning names the option: %j", (options, message) => {
  const warnings: string[] = [];
  expect(getBatchEndCallbacks(sink, options, (warning) => warnings.push(warning))).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining(message)]);
});

test("the end of every n-th epoch tells of a snapshot", () => {
  const snapshots: Snapshot[] = [];
  const callback = getEpochEndCallback((snapshot) => snapshots.push(snapshot), { batchOfEpoch: 25, epochInterval: 2, otherFiles: ["a"] });
  for (let iterNo = 0; iterNo < 5; iterNo++) callback?.(iterNo, {}, {}, {});
  expect(snapshots).toEqual([
    { step: 50, epoch: 2, files: [], otherFiles: ["a"] },
    { step: 100, epoch: 4, files: [], otherFiles: ["a"] },
  ]);
});

test("every epoch counts by default, batchOfEpoch is needed, and a failing listener does not reach fit", () => {
  const warnings: string[] = [];
  expect(
    getEpochEndCallback(
      () => undefined,
      {},
      (warning) => warnings.push(warning),
    ),
  ).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining("batchOfEpoch is missing")]);
  const errors: unknown[] = [];
  let calls = 0;
  const failing = () => {
    calls += 1;
    throw new Error("queue is full");
  };
  const callback = getEpochEndCallback(failing, { batchOfEpoch: 1, onError: (error) => errors.push(error) });
  callback?.(0);
  callback?.(1);
  expect([calls, errors.length]).toEqual([2, 1]);
});
