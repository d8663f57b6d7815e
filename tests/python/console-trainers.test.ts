// Trainers as they are on PyPI, unchanged, below `ava-sdk run`: what is read of their output is what they themselves give back.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { type Framework, findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints } from "./recorded.js";

const platform = new PlatformProcess(await freePort());
const [boosting, keras, pytorch] = [findFramework("boosting"), findFramework("keras"), findFramework("pytorch")];
beforeAll(async () => {
  for (const framework of [boosting, keras, pytorch]) if (!framework.isMissing) framework.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

/** Trains, and gives what was read of the output beside what the program gave back. */
async function train(framework: Framework, program: string, args: readonly string[]) {
  const [workspace, evidence, id] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-")), [program, ...args].join("-")];
  const command = [framework.python, repositoryPath(`tests/python/programs/console/${program}.py`), ...args, evidence];
  const quiet = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", KERAS_HOME: workspace };
  const env = { ...quiet, PYTHONPATH: framework.folder, AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
  const { exitCode, stderr } = await runAva(["run", "--quiet", "--id", id, "--dialects", "none", "--", ...command], env, workspace);
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: expect.not.stringMatching(/Traceback|ava-sdk:/) });
  const returned = expectedPoints(evidence);
  const recorded = await recordedPoints(platform, id);
  const told = new Set(returned.map(({ name, step }) => `${name} ${step}`));
  const names = new Set(recorded.map(({ name }) => name));
  for (const { name } of returned) names.delete(name);
  /** `also`: names that the output has and the program does not give back. */
  return { returned, read: recorded.filter(({ name, step }) => told.has(`${name} ${step}`)), also: [...names].sort() };
}

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
    const run = await train(boosting, program, [kind]);
    expect(run).toEqual({ ...run, read: run.returned, also });
  });
});

describe.skipIf(keras.isMissing)(`Keras 3${keras.note}`, () => {
  test.each([
    ["2", "line for each epoch", []],
    ["1", "bar", ["accuracy", "loss"]],
  ])("verbose=%s, a %s: its curves are those of the history", async (verbose, _what, also) => {
    const run = await train(keras, "keras_history", [verbose]);
    expect(run).toEqual({ ...run, read: run.returned, also });
  });
});

describe.skipIf(pytorch.isMissing)(`PyTorch${pytorch.note}`, () => {
  test("each loss of a loop with tqdm's bar is at its step, the accuracy at the end of its epoch", async () => {
    const run = await train(pytorch, "tqdm_loop", []);
    expect(run).toEqual({ ...run, read: run.returned, also: [] });
  });
});
