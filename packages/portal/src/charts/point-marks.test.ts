import { expect, test } from "vitest";
import { dotIndexes } from "./point-marks.js";

test("few values all get dots, holes do not", () => {
  expect(dotIndexes([1, undefined, null, 4], 10)).toEqual([0, 3]);
});

test("among many, only a value between two gaps gets one, since no line shows it", () => {
  expect(dotIndexes([1, 2, null, 5, undefined, null, 7, 8, null, 9], 3)).toEqual([3, 9]);
});

test("a typed column has no gaps", () => {
  expect(dotIndexes(new Float64Array(100), 10)).toEqual([]);
});
