import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints, storedModels } from "./recorded.js";

const pytorch = findFramework("pytorch");
const platform = new PlatformProcess(await freePort());
beforeAll(async () => {
  if (!pytorch.isMissing) pytorch.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

/** Trains, and compares what was recorded with what the program itself has seen. */
async function train(program: string, args: string[], id: string): Promise<{ evidence: string; stdout: string }> {
  const evidence = mkdtempSync(path.join(tmpdir(), "ava-evidence-"));
  const env = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: id };
  const { exitCode, stdout, stderr } = await pytorch.start(program, [...args, evidence], newWorkspace(), env).result;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("ava-sdk:") });
  expect(await recordedPoints(platform, id)).toEqual(expectedPoints(evidence));
  return { evidence, stdout };
}

/** Whether the n-th model of an instance has the params that the program had then. */
async function compareModels(id: string, evidence: string, files: [checkpoint: string, stateDict: string][], key: string[]): Promise<void> {
  const models = await storedModels(platform, id);
  expect(models.map(({ metric }) => metric)).toEqual([1, 2].map((epoch) => ({ epoch, batch: epoch * 6 })));
  for (const [index, [checkpoint, stateDict]] of files.entries()) {
    const args = [path.join(models[index]?.folder ?? "", checkpoint), path.join(evidence, stateDict), ...key];
    expect((await pytorch.start("load_pytorch.py", args, newWorkspace(), {}).result).stdout).toBe("equal\n");
  }
}

describe.skipIf(pytorch.isMissing)(`PyTorch${pytorch.note}`, () => {
  test("a loop records what it sees, reads no tensor in vain, and its checkpoints become models", async () => {
    const { evidence, stdout } = await train("pytorch_loop.py", [], "loop");
    expect(JSON.parse(stdout)).toEqual({ reads: 6, path: "checkpoint-0002.pt", stop: null });
    const files = [1, 2].map((n): [string, string] => [`checkpoint-000${n}.pt`, `model-${n}.pt`]);
    await compareModels("loop", evidence, files, ["model"]);
  });
});

describe.skipIf(pytorch.isMissing)(`Lightning${pytorch.note}`, () => {
  test.each(["lightning.pytorch", "pytorch_lightning"])(
    "%s records what the module and Lightning say; checkpoints become models",
    async (name) => {
      const { evidence } = await train("lightning_fit.py", [name], name);
      const files = [1, 2].map((n): [string, string] => [`checkpoint-000${n}.ckpt`, `model-${n}.pt`]);
      await compareModels(name, evidence, files, ["state_dict"]);
    },
  );
});

describe.skipIf(pytorch.isMissing)(`Transformers${pytorch.note}`, () => {
  test("the Trainer records what an independent callback sees, and its checkpoints become models", async () => {
    const { evidence } = await train("transformers_fit.py", [], "trainer");
    const files = [6, 12].map((n): [string, string] => [`checkpoint-${n}/pytorch_model.bin`, `model-${n}.pt`]);
    await compareModels("trainer", evidence, files, []);
  });
});
