import { expect, test } from "vitest";
import { diffParams } from "./diff.js";

test("params that differ are named with both values, digit for digit; added and removed ones have one", () => {
  const before = '{"lr": 0.1, "net": {"depth": 18, "width": 2}, "gone": true, "seed": 9223372036854775807}';
  const after = '{"new": [1, 2], "lr": 0.10, "net": {"depth": 50, "width": 2}, "seed": 9223372036854775807}';
  expect(diffParams(before, after)).toEqual([
    { path: "new", after: "[1,2]" },
    { path: "lr", before: "0.1", after: "0.10" },
    { path: "net.depth", before: "18", after: "50" },
    { path: "gone", before: "true" },
  ]);
  expect(diffParams(before, before)).toEqual([]);
  expect(diffParams("{}", '{"a": 1}')).toEqual([{ path: "a", after: "1" }]);
});
