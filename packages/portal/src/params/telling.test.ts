import { flattenParams } from "ava-protocol";
import { expect, test } from "vitest";
import { tellingParams } from "./telling.js";

const flatten = (params: object) => flattenParams(JSON.stringify(params));

test("params that differ or are absent somewhere tell runs apart, equal ones do not", () => {
  const runs = [
    { lr: 0.1, seed: 1, same: "x" },
    { lr: 0.2, same: "x" },
  ].map(flatten);
  expect(tellingParams(runs)).toEqual(["lr", "seed"]);
});

test("a run without params does not make equal params of the others telling", () => {
  expect(tellingParams([{ lr: 1, seed: 1 }, { lr: 2, seed: 1 }, {}].map(flatten))).toEqual(["lr"]);
});

test("a single run shows its params as they come", () => {
  expect(tellingParams([flatten({ a: 1, b: 2 })])).toEqual(["a", "b"]);
});
