import { expect, test } from "vitest";
import { sparkPath } from "./spark-path.js";

test("a falling line runs from the upper left to the lower right", () => {
  expect(sparkPath(Float64Array.of(0, 1), Float64Array.of(5, 1), 100, 20)).toBe("M2.0 2.0L98.0 18.0");
});

test("NaN is a gap and a constant lies in the middle", () => {
  expect(sparkPath(Float64Array.of(0, 1, 2), Float64Array.of(3, Number.NaN, 3), 100, 20)).toBe("M2.0 10.0M98.0 10.0");
});

test("no points give no line", () => {
  expect(sparkPath(new Float64Array(0), new Float64Array(0), 100, 20)).toBe("");
});
