import { expect, test } from "vitest";
import type { Metric } from "./parsers/parser.js";
import { StepCounter } from "./step-counter.js";

type Printed = [epoch: number | undefined, batch: number | undefined, total?: number];

function placesOf(printed: readonly Printed[], batchOfEpoch?: number): { steps: number[]; epochs: (number | undefined)[] } {
  const counter = new StepCounter(batchOfEpoch);
  const steps: number[] = [];
  const epochs: (number | undefined)[] = [];
  for (const [epoch, batch, total] of printed) {
    const metric = { name: "loss", value: 1, line: 1, epoch, batch, total } as Metric;
    const counted = counter.epochOf(metric);
    epochs.push(counted);
    steps.push(counter.stepOf(metric, counted));
  }
  return { steps, epochs };
}

test.each<[string, Printed[], number | undefined, number[], (number | undefined)[]]>([
  [
    "epochs from 0 with totals",
    [
      [0, 0, 100],
      [0, 50, 100],
      [0, 100, 100],
      [1, 0, 100],
      [1, 50, 100],
    ],
    undefined,
    [0, 50, 100, 100, 150],
    [0, 0, 0, 1, 1],
  ],
  [
    "epochs from 1, as Keras prints them",
    [
      [1, 1, 2],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 2],
    ],
    undefined,
    [1, 2, 3, 4],
    [0, 0, 1, 1],
  ],
  [
    "a run that goes on with epoch 7",
    [
      [7, 10, 20],
      [8, 10, 20],
    ],
    undefined,
    [10, 30],
    [0, 1],
  ],
  [
    "an epoch that is trained again",
    [
      [0, 10, 20],
      [1, 10, 20],
      [1, 5, 20],
    ],
    undefined,
    [10, 30, 25],
    [0, 1, 1],
  ],
  [
    "bars whose total is not always printed",
    [
      [1, 1],
      [1, 2, 2],
      [2, 1],
      [2, 2, 2],
      [3, 1],
    ],
    undefined,
    [1, 2, 3, 4, 5],
    [0, 0, 1, 1, 2],
  ],
  [
    "bars of a validation in between, which has a total of its own",
    [
      [1, 2, 4],
      [1, 4, 4],
      [1, 1, 2],
      [1, 2, 2],
      [2, 2, 4],
      [2, 1, 2],
    ],
    undefined,
    [2, 4, 4, 4, 6, 6],
    [0, 0, 0, 0, 1, 1],
  ],
  [
    "a run that begins again with its first epoch",
    [
      [1, 1, 2],
      [1, 2, 2],
      [2, 2, 2],
      [1, 1, 2],
      [2, 2, 2],
    ],
    undefined,
    [1, 2, 4, 5, 8],
    [0, 0, 1, 0, 1],
  ],
  [
    "epochs with fractions beside batches",
    [
      [0.5, 1, 2],
      [1, 2, 2],
      [1.5, 1, 2],
    ],
    undefined,
    [1, 2, 3],
    [0.5, 1, 1.5],
  ],
  [
    "lines that tell an epoch alone, after its bar",
    [
      [1, 2, 2],
      [1, undefined],
      [2, 2, 2],
      [2, undefined],
    ],
    undefined,
    [2, 3, 4, 5],
    [0, 0, 1, 1],
  ],
  [
    "totals that only the user knows",
    [
      [1, 20],
      [2, 20],
    ],
    50,
    [20, 70],
    [0, 1],
  ],
  [
    "epochs and batches without a total",
    [
      [0, 20],
      [0, 40],
      [1, 20],
      [1, 40],
      [2, 20],
    ],
    undefined,
    [20, 40, 60, 80, 100],
    [0, 0, 1, 1, 2],
  ],
  [
    "batches from 0 without a total",
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    undefined,
    [0, 1, 2, 3],
    [0, 0, 1, 1],
  ],
  [
    "batches that start again without epochs",
    [
      [undefined, 50, 100],
      [undefined, 100, 100],
      [undefined, 50, 100],
    ],
    undefined,
    [50, 100, 150],
    [undefined, undefined, undefined],
  ],
  [
    "epochs alone",
    [
      [1, undefined],
      [2, undefined],
    ],
    undefined,
    [0, 1],
    [0, 1],
  ],
  [
    "epochs with fractions, which count from 0 already",
    [
      [0.5, undefined],
      [1, undefined],
    ],
    undefined,
    [0, 1],
    [0.5, 1],
  ],
  [
    "nothing",
    [
      [undefined, undefined],
      [undefined, undefined],
    ],
    undefined,
    [0, 1],
    [undefined, undefined],
  ],
])("steps go on over %s", (_what, printed, batchOfEpoch, steps, epochs) => {
  expect(placesOf(printed, batchOfEpoch)).toEqual({ steps, epochs });
});

test("several metrics of a run that begins again go on together, and a summary has the step of the bar before it", () => {
  const counter = new StepCounter();
  const stepsOf = (epoch: number, batch?: number) =>
    (batch === undefined ? ["acc"] : ["loss", "lr"]).map((name) => {
      const metric = { name, value: 1, line: 1, epoch, batch, total: batch && 2 } as Metric;
      return counter.stepOf(metric, counter.epochOf(metric));
    });
  expect([stepsOf(1, 2), stepsOf(1), stepsOf(2, 2), stepsOf(2)]).toEqual([[2, 2], [2], [4, 4], [4]]);
  expect([stepsOf(1, 1), stepsOf(1, 2), stepsOf(1)]).toEqual([[5, 5], [6, 6], [6]]);
});

test("what tells an epoch alone is at the end of its epoch, also where it comes when the bar is at the end of the run", () => {
  const counter = new StepCounter();
  const stepOf = (name: string, printed: object) => {
    const metric = { name, value: 1, line: 1, ...printed } as Metric;
    return counter.stepOf(metric, counter.epochOf(metric));
  };
  for (const epoch of [1, 2, 3]) stepOf("loss", { epoch, batch: 6, total: 6 });
  expect([1, 2, 3].map((epoch) => stepOf("acc", { epoch }))).toEqual([6, 12, 18]);
  expect([1, 1, 2].map((epoch) => stepOf("lr", { epoch }))).toEqual([6, 7, 12]);
});

test("printed steps that turn out to start again with the epoch go on behind the last one; what tells an epoch alone is at it", () => {
  const counter = new StepCounter();
  const stepOf = (name: string, printed: object) => {
    const metric = { name, value: 1, line: 1, ...printed } as Metric;
    return counter.stepOf(metric, counter.epochOf(metric));
  };
  expect([stepOf("loss", { epoch: 0, step: 10 }), stepOf("loss", { epoch: 0, step: 20 }), stepOf("acc", { epoch: 0 })]).toEqual([
    10, 20, 20,
  ]);
  expect([stepOf("loss", { epoch: 1, batch: 10 }), stepOf("loss", { epoch: 1, batch: 20 }), stepOf("acc", { epoch: 1 })]).toEqual([
    30, 40, 40,
  ]);
});

test("a run that begins again goes on behind its own last step, also where another program has printed smaller ones in between", () => {
  const counter = new StepCounter();
  const stepOf = (name: string, printed: object) => {
    const metric = { name, value: 1, line: 1, ...printed } as Metric;
    return counter.stepOf(metric, counter.epochOf(metric));
  };
  expect([1, 2].map((epoch) => stepOf("loss", { epoch, batch: 100, total: 100 }))).toEqual([100, 200]);
  expect(stepOf("auc", { epoch: 2, step: 50 })).toBe(50);
  expect([1, 2].map((epoch) => stepOf("loss", { epoch, batch: 100, total: 100 }))).toEqual([300, 400]);
});

test.each([
  ["that reach it", 3, [1, 2, 3, 1, 2, 3, 1], [1, 2, 3, 4, 5, 6, 7]],
  ["from 0", 3, [0, 1, 2, 0, 1, 2, 0], [0, 1, 2, 3, 4, 5, 6]],
  ["of which some are printed, and the last", 100, [10, 37, 100, 45, 100], [10, 37, 100, 145, 200]],
  ["that end one interval before it", 100, [30, 60, 90, 30, 60], [30, 60, 90, 130, 160]],
  ["of two processes, one a little behind", 5, [4, 4, 5, 4, 1, 5, 2, 1, 2], [4, 4, 5, 4, 6, 5, 7, 6, 7]],
  ["of a run that goes on with an earlier snapshot", 1000, [500, 510, 520, 500, 510], [500, 510, 520, 500, 510]],
])("printed steps with a total and no epoch, %s", (_what, total, printed, steps) => {
  const counter = new StepCounter();
  expect(printed.map((step) => counter.stepOf({ name: "loss", step, total }, undefined))).toEqual(steps);
});

test("a printed step is the step, and an epoch made of it is not counted anew", () => {
  const counter = new StepCounter(100);
  const metric: Metric = { name: "loss", value: 1, step: 500, epoch: 5, line: 1 };
  expect([counter.epochOf(metric), counter.stepOf(metric, 5)]).toEqual([5, 500]);
});

test("a run that is joined again goes on with its epochs and steps; one that begins anew counts from 0 again", () => {
  let value: number | undefined;
  const join = (...printed: Printed[]): [step: number, epoch: number | undefined][] => {
    const counter = new StepCounter(undefined, { value, keep: (epoch) => (value = epoch) });
    return printed.map(([epoch, batch, total]) => {
      const counters = { name: "loss", epoch, batch, total };
      const counted = counter.epochOf(counters);
      return [counter.stepOf(counters, counted), counted];
    });
  };
  expect(join([1, 50, 100], [2, 100, 100])).toEqual([
    [50, 0],
    [200, 1],
  ]);
  expect(join([3, 50, 100])).toEqual([[250, 2]]);
  expect(join([1, 50, 100])).toEqual([[50, 0]]);
  expect(join([4, undefined])).toEqual([[3, 3]]);
  expect(value).toBe(1);
});
