import { expect, test } from "vitest";
import { type SmoothedColumns, smooth } from "./smooth.js";

const places = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i);

/** Rows of one point each. */
function points(x: Float64Array, values: Float64Array): SmoothedColumns {
  const nan = values.map((value) => (Number.isNaN(value) ? 1 : 0));
  const mean = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  return { x, start: x, last: values, mean, count: x.map(() => 1), nan };
}

/** The same points as buckets of several. */
function buckets({ x, last }: SmoothedColumns, size: number): SmoothedColumns {
  const starts = x.filter((_, i) => i % size === 0);
  const rows = (pick: (values: Float64Array) => number): Float64Array =>
    starts.map((_, k) => pick(last.subarray(k * size, (k + 1) * size)));
  return {
    x: starts.map((_, k) => x[Math.min((k + 1) * size, x.length) - 1]!),
    start: starts,
    last: rows((values) => values.at(-1)!),
    mean: rows((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    count: rows((values) => values.length),
    nan: rows(() => 0),
  };
}

test("weight 0 changes nothing", () => {
  expect([...smooth(points(places(3), Float64Array.of(3, 1, 2)), 0, 1000)]).toEqual([3, 1, 2]);
});

test("a constant stays that constant from the first value on", () => {
  for (const value of smooth(points(places(50), new Float64Array(50).fill(7)), 0.9, 1000)) expect(value).toBeCloseTo(7, 12);
});

test("the second value is the debiased average", () => {
  // (0.5 * 1 + 1 * 3) / (0.5 + 1), one thousandth of the axis apart
  expect(smooth(points(places(2), Float64Array.of(1, 3)), 0.5, 1000)[1]).toBeCloseTo(1.75 / 0.75, 12);
});

test("points far apart keep their values where points close together are averaged", () => {
  const dense = smooth(points(Float64Array.of(0, 1), Float64Array.of(0, 1)), 0.9, 1000)[1]!;
  const sparse = smooth(points(Float64Array.of(0, 100), Float64Array.of(0, 1)), 0.9, 1000)[1]!;
  expect(dense).toBeLessThan(0.6);
  expect(sparse).toBeGreaterThan(0.999);
});

test("values that are not finite pass through and leave the average alone", () => {
  const out = smooth(points(places(5), Float64Array.of(Number.NaN, 1, Infinity, Number.NaN, 1)), 0.8, 1000);
  expect(out[0]).toBeNaN();
  expect(out[1]).toBeCloseTo(1, 12);
  expect(out[2]).toBe(Infinity);
  expect(out[4]).toBeCloseTo(1, 12);
});

test("the curve of buckets is that of their points, and that of a stretch in view is that of the whole", () => {
  const count = 20_000;
  // Noise whose last value in each bucket says nothing of its mean.
  const noisy = points(
    places(count),
    places(count).map((i) => Math.exp(-i / 5000) + (i % 20 === 19 ? 5 : 0)),
  );
  const exact = smooth(noisy, 0.95, count);
  const whole = buckets(noisy, 20);
  const coarse = smooth(whole, 0.95, count);
  for (let k = 100; k < coarse.length; k += 50) expect(Math.abs(coarse[k]! - exact[k * 20 + 19]!)).toBeLessThan(0.02);
  const from = 10_000;
  const stretch = points(noisy.x.slice(from, from + 800), noisy.last.slice(from, from + 800));
  const zoomed = smooth(stretch, 0.95, count, whole);
  for (let i = 19; i < 800; i += 100) expect(Math.abs(zoomed[i]! - exact[from + i]!)).toBeLessThan(0.02);
});
