import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { firstOf } from "./first-of.js";

test("the first of many are those of all, sorted", () => {
  const random = randomOf(seedOfTest());
  for (let round = 0; round < 200; round++) {
    const all = Array.from({ length: random.below(300) }, (_, i) => [random.below(20), i] as const);
    const order = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0] || a[1] - b[1];
    const count = random.below(80);
    expect(firstOf(all, count, order)).toEqual(all.toSorted(order).slice(0, count));
  }
});

test("two are compared about once each, where few are wanted", () => {
  const all = Array.from({ length: 100_000 }, (_, i) => (i * 48_271) % 100_003);
  let compared = 0;
  const order = (a: number, b: number): number => {
    compared++;
    return a - b;
  };
  expect(firstOf(all, 3, order)).toHaveLength(3);
  expect(compared).toBeLessThan(110_000);
});
