import type { ChartColumns } from "ava-protocol";
import { expect, test } from "vitest";
import { lineColumns } from "./rewound.js";

function answer(x: number[], rewinds?: ChartColumns["rewinds"]): ChartColumns {
  const facts = { index: 0, instance: "one", version: x.length, name: "loss", labels: {}, axis: "step" as const, raw: true };
  const value = Float64Array.from(x);
  const columns = { x: value, min: value, max: value, mean: value, last: value, count: value.map(() => 1), nan: value.map(() => 0) };
  return { ...facts, from: 0, to: 9, bucketWidth: 0, ...columns, ...(rewinds === undefined ? {} : { rewinds }) };
}

test("what a run left behind when it went back is apart from the line as it is at last", () => {
  const rewinds = [
    { point: 6, from: 5, to: 3 },
    { point: 9, from: 5, to: 2 },
  ];
  const segments = [answer([0, 1, 2, 3, 4, 5]), answer([3, 4, 5]), answer([2, 3])];
  const columns = lineColumns({ ...answer([0, 1, 2, 3, 4, 5, 3, 4, 5, 2, 3], rewinds), segments });
  expect([...columns.x]).toEqual([0, 1, 2, 3]);
  expect(columns.left!.map(({ x }) => [...x])).toEqual([
    [2, 3, 4, 5],
    [3, 4, 5],
  ]);
  expect(columns.rewinds).toEqual([
    [5, 3],
    [5, 2],
  ]);
  expect(columns.newest).toBe(3);
});

test("a line that never goes back is as it came", () => {
  const columns = lineColumns(answer([0, 1, 2]));
  expect([...columns.x]).toEqual([0, 1, 2]);
  expect(columns.left).toBeUndefined();
});
