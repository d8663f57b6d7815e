import { expect, test } from "vitest";
import { flattenParams, tellingParams } from "./flatten.js";

const flatten = (params: object) => flattenParams(JSON.stringify(params));

test("nested params get paths, plain lists stay together, no digit is lost", () => {
  expect(
    flattenParams(
      '{"lr": 0.10, "seed": 9223372036854775807, "clip": NaN, "name": "a b", "opt": {"kind": "sgd", "betas": [0.9, 0.99], "none": null}, "layers": [{"n": 1}], "empty": {}, "list": []}',
    ),
  ).toEqual([
    { path: "lr", value: "0.10" },
    { path: "seed", value: "9223372036854775807" },
    { path: "clip", value: "NaN" },
    { path: "name", value: "a b" },
    { path: "opt.kind", value: "sgd" },
    { path: "opt.betas", value: "[0.9,0.99]" },
    { path: "opt.none", value: "null" },
    { path: "layers.0.n", value: "1" },
    { path: "empty", value: "{}" },
    { path: "list", value: "[]" },
  ]);
});

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
