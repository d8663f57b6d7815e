import { expect, test } from "vitest";
import type { Columns } from "./columns.js";
import { yRange } from "./y-range.js";

function line(values: number[], min = values, max = values): Columns {
  return {
    x: Float64Array.from(values.keys()),
    start: Float64Array.from(values.keys()),
    count: Float64Array.from(values, () => 1),
    last: Float64Array.from(values),
    min: Float64Array.from(min),
    max: Float64Array.from(max),
    mean: Float64Array.from(values),
    nan: new Float64Array(values.length),
    isBucketed: false,
    newest: Number.NaN,
    from: 0,
    to: values.length,
  };
}

test("zero is not forced into the range", () => {
  const [low, high] = yRange([line([0.97, 0.98, 0.99])], 0, 2, false)!;
  expect(low).toBeGreaterThan(0.96);
  expect(high).toBeLessThan(1);
});

test("padding makes no negative axis for values that are never negative", () => {
  expect(yRange([line([0.01, 5])], 0, 1, false)![0]).toBe(0);
});

test("the band's extremes are inside, infinities and NaN are not", () => {
  const [low, high] = yRange([line([1, Number.NaN, 2], [-3, Number.NaN, -Infinity], [1, Number.NaN, 9])], 0, 2, false)!;
  expect(low).toBeLessThan(-3);
  expect(low).toBeGreaterThan(-5);
  expect(high).toBeGreaterThan(9);
});

test("only what is in view counts", () => {
  expect(yRange([line([1000, 1, 2])], 1, 2, false)![1]).toBeLessThan(3);
});

test("a constant gets room on both sides", () => {
  expect(yRange([line([4, 4])], 0, 1, false)).toEqual([3.8, 4.2]);
  expect(yRange([line([0])], 0, 1, false)).toEqual([-1, 1]);
});

test("a log axis starts above zero and nothing positive gives no range", () => {
  expect(yRange([line([0, 1e-5, 10])], 0, 2, true)![0]).toBeGreaterThan(0);
  expect(yRange([line([0, -4])], 0, 1, true)).toBeUndefined();
});

test("the greatest float64 values do not overflow the range", () => {
  for (const isLog of [false, true]) {
    const range = yRange([line([5e-324, 1.7e308])], 0, 1, isLog)!;
    expect(range.every(Number.isFinite)).toBe(true);
  }
});
