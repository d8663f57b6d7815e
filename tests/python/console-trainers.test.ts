// Trainers as they are on PyPI, unchanged, below `ava-sdk run`: what is read of their output is what they themselves give back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { trainBelow } from "./console-run.js";
import { findFramework } from "./frameworks.js";

const platform = new PlatformProcess(await freePort());
const [boosting, keras, pytorch] = [findFramework("boosting"), findFramework("keras"), findFramework("pytorch")];
beforeAll(async () => {
  for (const framework of [boosting, keras, pytorch]) if (!framework.isMissing) framework.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

describe.skipIf(boosting.isMissing)(`scikit-learn, XGBoost, LightGBM${boosting.note}`, () => {
  test.concurrent.each([
    ["sklearn_fit", "mlp", []],
    ["sklearn_fit", "gradient_boosting", []],
    ["sklearn_fit", "hist_gradient_boosting", ["max_depth"]],
    ["sklearn_fit", "sgd", ["avg._loss", "objective"]],
    ["boosting_fit", "xgboost", []],
    ["boosting_fit", "xgboost-cv", []],
    ["boosting_fit", "lightgbm", []],
    ["boosting_fit", "lightgbm-cv", []],
  ])("%s %s: its curves are those that it returns", async (program, kind, also) => {
    const run = await trainBelow(platform, boosting, program, [kind]);
    expect(run).toEqual({ ...run, read: run.returned, also });
  });
});

describe.skipIf(keras.isMissing)(`Keras 3${keras.note}`, () => {
  test.each([
    ["2", "line for each epoch", []],
    ["1", "bar", ["accuracy", "loss"]],
  ])("verbose=%s, a %s: its curves are those of the history", async (verbose, _what, also) => {
    const run = await trainBelow(platform, keras, "keras_history", [verbose]);
    expect(run).toEqual({ ...run, read: run.returned, also });
  });
});

describe.skipIf(pytorch.isMissing)(`PyTorch${pytorch.note}`, () => {
  test("each loss of a loop with tqdm's bar is at its step, the accuracy at the end of its epoch", async () => {
    const run = await trainBelow(platform, pytorch, "tqdm_loop", []);
    expect(run).toEqual({ ...run, read: run.returned, also: [] });
  });
});
