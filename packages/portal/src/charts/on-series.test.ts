import { expect, test } from "vitest";
import { columnsOf } from "./columns.js";
import { onSeries, xLineKey } from "./on-series.js";

function columns(x: number[], y: number[]): ReturnType<typeof columnsOf> {
  const rows = { x, min: y, max: y, mean: y, last: y, count: x.map(() => 1), nan: x.map(() => 0) };
  const facts = {
    index: 0,
    instance: "one",
    version: 1,
    name: "a",
    labels: {},
    axis: "step" as const,
    raw: true,
    from: 0,
    to: 9,
    bucketWidth: 0,
  };
  return columnsOf({ ...facts, ...rows });
}

test("a line moves to what the other series had at its steps, or last before them", () => {
  const moved = onSeries(columns([0, 1, 2, 3], [9, 8, 7, 6]), columns([1, 3], [100, 300]));
  expect([...moved.x]).toEqual([100, 300]);
  expect([...moved.last]).toEqual([7, 6]);
  expect([...moved.max]).toEqual([8, 6]);
});

test("values of the other series that go up and down are put in order", () => {
  const moved = onSeries(columns([0, 1, 2], [1, 2, 3]), columns([0, 1, 2], [5, -1, 3]));
  expect([...moved.x]).toEqual([-1, 3, 5]);
  expect([...moved.last]).toEqual([2, 3, 1]);
});

test("the other series is of the same run", () => {
  const summary = {
    name: "loss",
    labels: { rank: "1" },
    count: 1,
    last: 1,
    min: 1,
    max: 1,
    firstStep: 0,
    lastStep: 0,
    firstTimeNs: "0",
    lastTimeNs: "0",
  };
  const line = { key: 'run 7 loss{"rank":"1"}', instance: "run 7", title: "", summary, colorIndex: 0 };
  expect(xLineKey(line, "tokens")).toBe("run 7 tokens");
  expect(xLineKey({ ...line, key: 'loss{"rank":"1"}' }, "tokens")).toBe("tokens");
});
