import type { ChartSeriesAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { type Columns, columnsOf } from "./columns.js";
import { bandOf } from "./run-band.js";

function raw(x: number[], values: number[]): Columns {
  const count = x.map(() => 1);
  const nan = values.map((value) => Number(Number.isNaN(value)));
  const facts = {
    index: 0,
    instance: "a",
    name: "loss",
    labels: {},
    version: 1,
    axis: "step",
    raw: true,
    from: 0,
    to: 10,
    bucketWidth: 0,
  } as const;
  return columnsOf({ ...facts, x, min: values, max: values, last: values, mean: values, count, nan } as ChartSeriesAnswer);
}

test("a band has mean, least and greatest of its lines at each of their places", () => {
  const { x, last, min, max, count } = bandOf([raw([0, 2, 4], [1, 3, 5]), raw([0, 1, 2], [3, 5, 7])]);
  expect([...x]).toEqual([0, 1, 2, 4]);
  expect([...last]).toEqual([2, 3.5, 5, 5]);
  expect([...min]).toEqual([1, 2, 3, 5]);
  expect([...max]).toEqual([3, 5, 7, 5]);
  expect([...count]).toEqual([2, 2, 2, 1]);
});

test("what is not finite is not averaged but told, and a line says nothing beyond its ends", () => {
  const { last, count, nan } = bandOf([raw([1, 2, 3], [1, Number.NaN, 3]), raw([2, 3, 9], [4, 5, 6])]);
  expect([...count]).toEqual([1, 1, 2, 1]);
  expect([...last]).toEqual([1, 4, 4, 6]);
  expect([...nan]).toEqual([0, 1, 0, 0]);
});

test("a band of one line is the line", () => {
  const line = raw([1, 2], [3, 4]);
  expect([...bandOf([line]).last]).toEqual([...line.last]);
});
