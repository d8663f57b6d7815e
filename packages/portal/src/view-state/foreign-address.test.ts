import { expect, test } from "vitest";
import { ownAddress, wandbRun } from "./foreign-address.js";

test.each([
  ["/", "", "#/experiments/0/runs/abc123", "/instances/abc123"],
  ["/mlflow/", "", "#/experiments/42/runs/a_2eb_5fc/model-metrics", "/instances/a.b_c"],
  ["/", "", "#/experiments/0", "/experiments/0"],
  ["/", "", "#/experiments/42?searchFilter=", "/experiments/42"],
  ["/", "", '#/compare-runs?runs=["a","b"]&experiments=["0"]', "/?show=charts&pick=a&pick=b"],
  ["/compare", "?run=b&run=a&x=time&q=loss", "", "/?show=charts&pick=b&pick=a&metric=loss&x=time"],
  ["/trainings/%E5%9B%BE", "", "", "/?training=%E5%9B%BE"],
  ["/trainings", "", "", "/"],
  ["/trainings/a/params", "", "", undefined],
  ["/", "?q=loss", "", undefined],
  ["/instances/a", "", "#content", undefined],
])("%s%s%s is the address %s", (path, search, hash, address) => {
  expect(ownAddress(path, search, hash)).toBe(address);
});

test.each([
  ["/ava/mnist/runs/x1y2", { training: "mnist", run: "x1y2" }],
  ["/wandb/me/%E5%9B%BE%E5%83%8F/runs/x1/overview", { training: "图像", run: "x1" }],
  ["/instances/x1", undefined],
  ["/me/mnist", undefined],
])("wandb's address %s is the run %j", (path, run) => {
  expect(wandbRun(path)).toEqual(run);
});
