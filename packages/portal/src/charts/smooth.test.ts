import { expect, test } from "vitest";
import { smooth } from "./smooth.js";

const places = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i);

test("weight 0 changes nothing", () => {
  expect([...smooth(places(3), Float64Array.of(3, 1, 2), 0, 1000)]).toEqual([3, 1, 2]);
});

test("a constant stays that constant from the first value on", () => {
  for (const value of smooth(places(50), new Float64Array(50).fill(7), 0.9, 1000)) expect(value).toBeCloseTo(7, 12);
});

test("the second value is the debiased average", () => {
  // (0.5 * 0.5 * 1 + 0.5 * 3) / (0.5 * 0.5 + 0.5), one thousandth of the axis apart
  expect(smooth(places(2), Float64Array.of(1, 3), 0.5, 1000)[1]).toBeCloseTo(1.75 / 0.75, 12);
});

test("points far apart keep their values where points close together are averaged", () => {
  const dense = smooth(Float64Array.of(0, 1), Float64Array.of(0, 1), 0.9, 1000)[1]!;
  const sparse = smooth(Float64Array.of(0, 100), Float64Array.of(0, 1), 0.9, 1000)[1]!;
  expect(dense).toBeLessThan(0.6);
  expect(sparse).toBeGreaterThan(0.999);
});

test("values that are not finite pass through and leave the average alone", () => {
  const out = smooth(places(5), Float64Array.of(Number.NaN, 1, Infinity, Number.NaN, 1), 0.8, 1000);
  expect(out[0]).toBeNaN();
  expect(out[1]).toBeCloseTo(1, 12);
  expect(out[2]).toBe(Infinity);
  expect(out[4]).toBeCloseTo(1, 12);
});
