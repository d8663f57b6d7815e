import { expect, test } from "vitest";
import { overlaps, stretched } from "./stretch.js";

test.each<[what: string, left: number, right: number, expected: readonly [number, number] | undefined]>([
  ["zooms in", 0.25, 0.75, [45, 55]],
  ["zooms out about a place", -0.5, 1, [30, 60]],
  ["pans", 0.5, 1.5, [50, 70]],
  ["stops at the left end and keeps its length", -5, -4, [0, 20]],
  ["stops at the right end and keeps its length", 3, 4, [80, 100]],
  ["shows the whole axis when it goes over both ends", -3, 4, undefined],
  ["stays where nothing is left of it", 0.5, 0.5, [40, 60]],
])("40 to 60 of 0 to 100 %s", (_what, left, right, expected) => {
  expect(stretched([40, 60], [0, 100], left, right, false)).toEqual(expected);
});

test("a logarithmic axis is moved by decades", () => {
  expect(stretched([1, 100], [0.01, 1e6], 0.5, 1.5, true)).toEqual([10, 1000]);
});

test("a zoom finer than numbers can be is not made", () => {
  const shown = [1e15, 1e15 + 1] as const;
  expect(stretched(shown, [0, 2e15], 0.49, 0.51, false)).toEqual(shown);
});

test("stretches that touch only at an end do not overlap", () => {
  expect([overlaps([0, 10], [10, 20]), overlaps([0, 10], [9, 20]), overlaps([5, 6], [0, 10])]).toEqual([false, true, true]);
});
