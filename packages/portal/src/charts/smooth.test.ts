import { expect, test } from "vitest";
import { smooth } from "./smooth.js";

test("weight 0 changes nothing", () => {
  expect([...smooth(Float64Array.of(3, 1, 2), 0)]).toEqual([3, 1, 2]);
});

test("a constant stays that constant from the first value on", () => {
  for (const value of smooth(new Float64Array(50).fill(7), 0.9)) expect(value).toBeCloseTo(7, 12);
});

test("the second value is the debiased average", () => {
  // (0.5 * 0.5 * 1 + 0.5 * 3) / (0.5 * 0.5 + 0.5)
  expect(smooth(Float64Array.of(1, 3), 0.5)[1]).toBeCloseTo(1.75 / 0.75, 12);
});

test("values that are not finite pass through and leave the average alone", () => {
  const out = smooth(Float64Array.of(Number.NaN, 1, Infinity, Number.NaN, 1), 0.8);
  expect(out[0]).toBeNaN();
  expect(out[1]).toBeCloseTo(1, 12);
  expect(out[2]).toBe(Infinity);
  expect(out[4]).toBeCloseTo(1, 12);
});
