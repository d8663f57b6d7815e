import { expect, test } from "vitest";
import { flattenParams } from "./flatten.js";

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
