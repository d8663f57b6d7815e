import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints, storedModels } from "./recorded.js";

const platform = new PlatformProcess(await freePort());
beforeAll(() => platform.start());
afterAll(() => platform.stop());

const BATCH_OF_EPOCH = 20;
const newFolder = () => mkdtempSync(path.join(tmpdir(), "ava-evidence-"));

const [mxnet, mxnetPython2] = [findFramework("mxnet"), findFramework("mxnet-python2")];

describe.each([
  [`MXNet 1.9.1${mxnet.note}`, mxnet, "py3"],
  [`MXNet 1.5.1 on Python 2.7${mxnetPython2.note}`, mxnetPython2, "py2"],
])("Module.fit of %s", (_, { isMissing, install, start }, python) => {
  beforeAll(() => (isMissing ? undefined : install()), 600_000);

  /** Trains in one of the program's modes. */
  async function train(mode: string) {
    const [id, evidence] = [`fit-${mode}-${python}`, newFolder()];
    const env = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: id };
    const program = start("module_fit.py", [mode, evidence], newWorkspace(), env);
    const result = await program.result;
    return { ...result, digest: result.stdout.trim().split("\n").at(-1), id, evidence };
  }

  let monitored: Awaited<ReturnType<typeof train>>;

  test.skipIf(isMissing)("records what an independent callback sees; snapshots become models that MXNet loads again", async () => {
    monitored = await train("monitored");
    const { id, exitCode, stderr, evidence } = monitored;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await recordedPoints(platform, id)).toEqual(expectedPoints(evidence));
    const models = await storedModels(platform, id);
    expect(models.map(({ name, metric }) => [name, metric])).toEqual(
      [1, 2, 3].map((epoch) => [`${id}-snapshot-model:epoch_${epoch}`, { epoch, batch: epoch * BATCH_OF_EPOCH }]),
    );
    for (const [index, { folder, files }] of models.entries()) {
      const epoch = index + 1;
      expect(files.filter((name) => name !== "archive")).toEqual(["labels.txt", `snapshot-000${epoch}.params`, "snapshot-symbol.json"]);
      const args = [path.join(folder, "snapshot"), String(epoch), path.join(evidence, `params-${epoch}.npz`)];
      expect((await start("load_checkpoint.py", args, newWorkspace(), {}).result).stdout).toBe("equal, softmax_output\n");
    }
  });

  test.skipIf(isMissing)(
    "trains the same params with the callbacks, without them, and with failing ones, which are told once",
    async () => {
      const [plain, garbage, broken] = [await train("plain"), await train("garbage"), await train("broken")];
      expect(plain.digest).toMatch(/^[0-9a-f]{40}$/);
      for (const run of [monitored, garbage, broken]) expect(run).toMatchObject({ exitCode: 0, digest: plain.digest });
      expect(garbage.stderr.match(/ava-sdk: .*garbage \(str\)/g)).toHaveLength(1);
      expect(broken.stderr.match(/ava-sdk: the mxnet callback failed; the training goes on/g)).toHaveLength(1);
      expect((await recordedPoints(platform, garbage.id)).some(({ name }) => name === "loss")).toBe(true);
    },
  );

  test.skipIf(isMissing)("Ctrl-C in the middle of fit ends the instance as failed, and loses nothing", async () => {
    const { id, exitCode, signal, evidence } = await train("interrupt");
    expect([exitCode, signal]).not.toEqual([0, null]);
    const points = await recordedPoints(platform, id);
    expect(points).toEqual(expectedPoints(evidence));
    expect(Math.max(...points.map(({ step }) => step))).toBe(BATCH_OF_EPOCH + 4);
    expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({ state: "failed", end: { message: "KeyboardInterrupt" } });
    expect(await storedModels(platform, id)).toHaveLength(1);
  });
});
