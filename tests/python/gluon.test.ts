import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints, storedModels } from "./recorded.js";

const mxnet = findFramework("mxnet");
const platform = new PlatformProcess(await freePort());
beforeAll(async () => {
  if (!mxnet.isMissing) mxnet.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

describe.skipIf(mxnet.isMissing)(`Gluon of MXNet 1.9.1${mxnet.note}`, () => {
  async function train(mode: string): Promise<string> {
    const evidence = mkdtempSync(path.join(tmpdir(), "ava-evidence-"));
    const env = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: mode };
    expect(await mxnet.start("gluon_fit.py", [mode, evidence], newWorkspace(), env).result).toMatchObject({ exitCode: 0, stderr: "" });
    return evidence;
  }

  test("an estimator records what an independent handler sees, and its checkpoints become models", async () => {
    const evidence = await train("estimator");
    expect(await recordedPoints(platform, "estimator")).toEqual(expectedPoints(evidence));
    const models = await storedModels(platform, "estimator");
    expect(models.map(({ metric, files }) => [metric, files.filter((name) => name.endsWith(".params"))])).toEqual([
      [{ epoch: 1, batch: 6 }, ["net-epoch0batch6.params"]],
      [{ epoch: 2, batch: 12 }, ["net-epoch1batch12.params"]],
    ]);
  });

  test("a loop of one's own hands MXNet's numbers to log()", async () => {
    const evidence = await train("loop");
    expect(await recordedPoints(platform, "loop")).toEqual(expectedPoints(evidence));
  });
});
