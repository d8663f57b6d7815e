import { expect, test } from "vitest";
import type { Columns } from "./columns.js";
import { findFences } from "./outliers.js";

function line(mean: number[], max = mean, min = mean): Columns {
  const x = Float64Array.from(mean.keys());
  const [means, most, least] = [mean, max, min].map((values) => Float64Array.from(values)) as [Float64Array, Float64Array, Float64Array];
  const none = new Float64Array(mean.length);
  const rows = { x, start: x, last: means, mean: means, max: most, min: least, nan: none, count: none.map(() => 1) };
  return { ...rows, isBucketed: false, newest: Number.NaN, from: 0, to: mean.length };
}
const wave = Array.from({ length: 200 }, (_, i) => 1 + (i % 10) / 10);

test("a spike is outside, and the range of the others leaves it out", () => {
  const fences = findFences([line(wave.with(50, 25))], 0, 200, false)!;
  expect(fences.outside).toBe(1);
  expect(fences.high).toBeLessThan(25);
  expect(fences.high).toBeGreaterThan(1.9);
});

test("a spike within a bucket is found by its extreme", () => {
  expect(findFences([line(wave, wave.with(3, 9), wave.with(4, -40))], 0, 200, false)).toMatchObject({ outside: 2 });
});

test.each<[string, number[], boolean]>([
  ["an even wave", wave, false],
  ["a loss that falls within few steps", Array.from({ length: 1000 }, (_, i) => 4 / (i + 1)), false],
  [
    "a noisy loss that falls fast",
    Array.from({ length: 1000 }, (_, i) => 2.3 * Math.exp(-i / 8) + 0.15 + (((i * 7919) % 13) / 13) * 0.1),
    false,
  ],
  ["an accuracy that rises fast", Array.from({ length: 1000 }, (_, i) => 0.97 - 0.9 * Math.exp(-i / 6)), false],
  ["a loss on a log axis that falls fast", Array.from({ length: 1000 }, (_, i) => 0.01 + 100 * Math.exp(-i / 4)), true],
  ["the steep start of a loss", Array.from({ length: 200 }, (_, i) => 10 * Math.exp(-i / 40)), false],
  ["a wave through decades on a log axis", Array.from({ length: 200 }, (_, i) => 10 ** ((i % 10) - 5)), true],
  ["one value", Array.from({ length: 200 }, () => 7), false],
  ["few rows", [1, 1, 1, 1, 100], false],
  ["nothing finite", Array.from({ length: 200 }, () => Number.NaN), false],
])("%s has no outliers", (_what, values, isLog) => {
  expect(findFences([line(values)], 0, 200, isLog)).toBeUndefined();
});

test("only what is in view counts", () => {
  expect(findFences([line(wave.with(50, 25))], 60, 200, false)).toBeUndefined();
});

test("a spike over a constant is outside", () => {
  expect(findFences([line(Array.from({ length: 200 }, (_, i) => (i === 9 ? 3 : 1)))], 0, 200, false)).toMatchObject({ outside: 1 });
});

test("a spike is found in the steep start of a loss, behind it, and where the first step alone is far out", () => {
  const falling = Array.from({ length: 1000 }, (_, i) => 4 / (i + 1));
  expect(findFences([line(falling.with(5, 60))], 0, 1000, false)).toMatchObject({ outside: 1 });
  expect(findFences([line(falling.with(700, 60))], 0, 1000, false)).toMatchObject({ outside: 1 });
  expect(findFences([line(falling.with(0, 5000))], 0, 1000, false)).toMatchObject({ outside: 1 });
});
