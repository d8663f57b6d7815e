import type { SeriesAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { columnsOf } from "./columns.js";

function rawAnswer(x: SeriesAnswer["x"], y: SeriesAnswer["x"]): SeriesAnswer {
  const nan = y.map((value) => (value === "NaN" ? 1 : 0));
  return {
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
  expect(columns.isBucketed).toBe(true);
});

test("a NaN beside a number at the same step does not hide the number's range", () => {
  const columns = columnsOf(rawAnswer([2, 1, 2], ["NaN", 5, 7]));
  expect([...columns.min]).toEqual([5, 7]);
  expect([...columns.max]).toEqual([5, 7]);
  expect([...columns.nan]).toEqual([0, 1]);
});

test("relative time counts from the origin", () => {
  expect([...columnsOf(rawAnswer([1000, 1500], [1, 2]), 1000).x]).toEqual([0, 500]);
});

test("steps that are not finite are left out of the axis", () => {
  expect([...columnsOf(rawAnswer(["NaN", 1, "Infinity"], [1, 2, 3])).x]).toEqual([1]);
});
