import { expect, test } from "vitest";
import { logTicks } from "./log-ticks.js";

test("two decades get 1-2-5", () => {
  expect(logTicks(0.09, 11, 8)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
});

test("many decades get powers of ten, thinned to what fits", () => {
  expect(logTicks(1e-6, 1e2, 10)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100]);
  expect(logTicks(1e-300, 1e300, 6).length).toBeLessThanOrEqual(7);
});

test("less than a decade gets round values", () => {
  expect(logTicks(2.1, 2.9, 5)).toEqual([2.2, 2.4, 2.6, 2.8]);
});
