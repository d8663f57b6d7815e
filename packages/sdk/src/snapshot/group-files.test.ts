import { expect, test } from "vitest";
import { groupFiles } from "./group-files.js";
import { placeInName } from "./name-place.js";

test.each([
  ["checkpoint_epoch2.pt", { epoch: 2 }],
  ["resnet50_epoch3.pth", { epoch: 3 }],
  ["epoch=2-step=1000.ckpt", { epoch: 2, step: 1000, isStepNamed: true }],
  ["d_iter_500.caffemodel", { step: 500, isStepNamed: true }],
  ["checkpoint-500", { step: 500 }],
  ["net-0001.params", { step: 1 }],
  ["checkpoint-500/model-00001-of-00003.safetensors", { step: 500 }],
  ["checkpoint-500/rng_state_0.pth", { step: 500 }],
  ["run1/ckpt_20.pt", { step: 20 }],
  ["best.pt", {}],
])("the name %s says %j", (name, place) => {
  expect(placeInName(`/out/${name}`)).toEqual(place);
});

test.each([
  [
    ["d_iter_500.caffemodel", "d_iter_500.solverstate", "d_iter_900.caffemodel"],
    [["d_iter_500.caffemodel", "d_iter_500.solverstate"], ["d_iter_900.caffemodel"]],
  ],
  [
    ["net-symbol.json", "net-0001.params", "net-0002.params"],
    [["net-0001.params", "net-symbol.json"], ["net-0002.params", "net-symbol.json"], ["net-symbol.json"]],
  ],
  [
    ["best.pt", "best.json", "last.pt"],
    [["best.pt", "best.json"], ["last.pt"]],
  ],
  [
    ["a/500.pt", "b/500.pt"],
    [["a/500.pt"], ["b/500.pt"]],
  ],
])("of %j what belongs together is together", (names, groups) => {
  const found = groupFiles(names.map((name) => `/out/${name}`)).map(({ files, companions }) => [...files, ...companions]);
  expect(found).toEqual(groups.map((group) => group.map((name) => `/out/${name}`)));
});
