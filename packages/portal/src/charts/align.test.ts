import { expect, test } from "vitest";
import { align, plotColumn } from "./align.js";

test("the common axis has every place once and names each series' row there", () => {
  const { x, rows } = align([Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 4, 6)]);
  expect([...x]).toEqual([1, 2, 3, 4, 6]);
  expect([...rows[0]!]).toEqual([0, 1, 2, 3, -1]);
  expect([...rows[1]!]).toEqual([-1, 0, -1, 1, 2]);
});

test("no series and empty series give an empty axis", () => {
  expect(align([]).x).toHaveLength(0);
  expect(align([new Float64Array(0)]).x).toHaveLength(0);
});

test("a column without holes stays typed", () => {
  expect(plotColumn(Float64Array.of(1, 2), Int32Array.of(0, 1), false)).toEqual(Float64Array.of(1, 2));
});

test("what is not finite breaks the line, what is absent does not, a leading NaN included", () => {
  const column = plotColumn(Float64Array.of(Number.NaN, 5, Infinity), Int32Array.of(0, -1, 1, 2), false);
  expect(column).toEqual([null, undefined, 5, null]);
});

test("a log axis has no place for zero and below", () => {
  expect(plotColumn(Float64Array.of(0, -1, 1e-9), Int32Array.of(0, 1, 2), true)).toEqual([null, null, 1e-9]);
});
