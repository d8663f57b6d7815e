import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints, storedModels } from "./recorded.js";

const keras = findFramework("keras");
const platform = new PlatformProcess(await freePort());
beforeAll(async () => {
  if (!keras.isMissing) keras.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

describe.skipIf(keras.isMissing)(`Keras${keras.note}`, () => {
  test.each([
    ["3", "keras"],
    // TensorFlow loads Keras 3 beside it.
    ["2", "tf_keras"],
  ])("Keras %s records what an independent callback sees, over two fits; saved weights become models", async (_, name) => {
    const evidence = mkdtempSync(path.join(tmpdir(), "ava-evidence-"));
    const quiet = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
    const env = { ...quiet, AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: name };
    const result = await keras.start("keras_fit.py", [name, evidence], newWorkspace(), env).result;
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("ava-sdk:") });
    expect(await recordedPoints(platform, name)).toEqual(expectedPoints(evidence));
    const models = await storedModels(platform, name);
    expect(models.map(({ metric }) => metric)).toEqual([1, 2].map((epoch) => ({ epoch, batch: epoch * 5 })));
    const args = [name, path.join(models[1]?.folder ?? "", "2.weights.h5"), path.join(evidence, "weights.npz")];
    expect((await keras.start("load_keras.py", args, newWorkspace(), quiet).result).stdout).toBe("equal\n");
  });
});
