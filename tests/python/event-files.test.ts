// Event files as real writers write them, below `ava-sdk run`: what they hold is with the platform, exactly.
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, type Point, sorted } from "./recorded.js";

const framework = findFramework("tensorboard");
let platform: PlatformProcess;

beforeAll(async () => {
  if (!framework.isMissing) framework.install();
  platform = new PlatformProcess(await freePort());
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

/** Points with the part of the run behind the name. */
const labelled = (points: readonly (Point & { labels?: Record<string, string> })[]) =>
  sorted(points.map(({ labels, ...point }) => ({ ...point, name: `${point.name} ${labels?.["run"] ?? ""}` })));

test.skipIf(framework.isMissing).each(["tensorboardX", "torch"])(
  `what %s writes is recorded, value for value${framework.note}`,
  async (writer) => {
    const [workspace, evidence, folder] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-")), newWorkspace()];
    const env = { HOME: workspace, PYTHONPATH: framework.folder, AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
    const program = [framework.python, repositoryPath("tests/python/programs/event_writer.py"), writer, evidence];
    const { exitCode } = await runAva(["run", "--quiet", "--id", writer, "--", ...program], env, folder);
    expect(exitCode).toBe(3);
    const points = (await platform.pointsOf(writer)).filter(({ name }) => !name.startsWith("system/"));
    expect(labelled(points)).toEqual(expectedPoints(evidence));
    expect(await platform.get(`/v1/instances/${writer}`)).toMatchObject({
      params: { tensorboard: { texts: { note: "hello *text*" } } },
      events: [{ event: "resume", step: 1998 }],
    });
    expect(existsSync(path.join(workspace, "run", writer, "files/tensorboard/images/picture/6.png"))).toBe(true);
    // The same files, imported, are the same points.
    const imported = await runAva(["import", "tensorboard", path.join(folder, "runs"), "--json"], {
      ...env,
      AVA_WORKSPACE: newWorkspace(),
    });
    const { id } = JSON.parse(imported.stdout.toString()) as { id: string };
    expect(labelled(await platform.pointsOf(id))).toEqual(labelled(points));
  },
);

test.skipIf(framework.isMissing)(`what is exported, TensorBoard reads back${framework.note}`, async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
  const values = [0.5, Number.NaN, Infinity, -0, 0.1, 2 ** 24 + 1];
  const lines = values.map((value, step) => `train step=${step - 1} loss=${value}`).join("\n");
  const ran = await runAva(
    ["run", "--quiet", "--id", "out", "--set", "lr=0.1", "--set", "opt.name=sgd", "--", "printf", "%s\\n", lines],
    env,
  );
  const points = (await platform.pointsOf("out")).filter(({ name }) => !name.startsWith("system/"));
  expect([ran.exitCode, points.length]).toEqual([0, values.length]);
  const exported = await runAva(["export", "out", "--format", "tensorboard", "-o", folder], env);
  expect([exported.exitCode, exported.stderr.toString()]).toEqual([0, expect.stringMatching(/values are rounded to float32/)]);
  // Once more takes the place of the first.
  await runAva(["export", "out", "--format", "tensorboard", "-o", folder], env);
  const read = framework.start("read_events.py", [folder], workspace, {});
  const { scalars, hparams } = JSON.parse((await read.result).stdout.toString()) as { scalars: Point[]; hparams: Record<string, unknown> };
  expect(scalars.filter(({ name }) => name === points[0]?.name)).toEqual(
    points.map(({ name, step, value }) => ({ name, step, value: typeof value === "string" ? value : Math.fround(value) })),
  );
  expect(hparams).toEqual({ lr: 0.1, "opt.name": "sgd" });
});
