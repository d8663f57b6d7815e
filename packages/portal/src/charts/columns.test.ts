import type { ChartSeriesAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { columnsOf } from "./columns.js";

function rawAnswer(x: ChartSeriesAnswer["x"], y: ChartSeriesAnswer["x"]): ChartSeriesAnswer {
  const nan = y.map((value) => (value === "NaN" ? 1 : 0));
  return {
    index: 0,
    instance: "one",
    version: x.length,
    name: "loss",
    labels: {},
    axis: "step",
    raw: true,
    from: 0,
    to: 9,
    bucketWidth: 0,
    x,
    last: y,
    min: y,
    max: y,
    mean: y.map((value) => (typeof value === "number" ? value : "NaN")),
    count: x.map(() => 1),
    nan,
  };
}

test("names of numbers that JSON lacks become numbers again", () => {
  const columns = columnsOf(rawAnswer([1, 2, 3], ["NaN", "Infinity", "-Infinity"]));
  expect([...columns.last]).toEqual([Number.NaN, Infinity, -Infinity]);
  expect([...columns.nan]).toEqual([1, 0, 0]);
});

test("a run that went back gives one row a step: the newest value as last, all values within min and max", () => {
  const columns = columnsOf(rawAnswer([1, 2, 3, 2, 3, 4], [10, 20, 30, 21, 29, 40]));
  expect([...columns.x]).toEqual([1, 2, 3, 4]);
  expect([...columns.last]).toEqual([10, 21, 29, 40]);
  expect([...columns.min]).toEqual([10, 20, 29, 40]);
  expect([...columns.max]).toEqual([10, 21, 30, 40]);
  expect([...columns.mean]).toEqual([10, 20.5, 29.5, 40]);
  expect(columns.isBucketed).toBe(true);
});

test("a NaN beside a number at the same step does not hide the number's range", () => {
  const columns = columnsOf(rawAnswer([2, 1, 2], ["NaN", 5, 7]));
  expect([...columns.min]).toEqual([5, 7]);
  expect([...columns.max]).toEqual([5, 7]);
  expect([...columns.nan]).toEqual([0, 1]);
});

test("a bucket begins at its place in the grid, and a raw row where it ends", () => {
  const bucketed = { ...rawAnswer([7, 12, 35], [1, 2, 3]), raw: false, from: 0, bucketWidth: 10, count: [8, 3, 20] };
  expect([...columnsOf(bucketed).start]).toEqual([0, 10, 30]);
  expect([...columnsOf(rawAnswer([1, 2], [1, 2])).start]).toEqual([1, 2]);
});

test("steps that are not finite are left out of the axis", () => {
  expect([...columnsOf(rawAnswer(["NaN", 1, "Infinity"], [1, 2, 3])).x]).toEqual([1]);
});
