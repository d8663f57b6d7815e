// What trainers of others log by their own callbacks and loggers, unmodified, below `ava-sdk run`.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, sorted } from "./recorded.js";

const TRAINERS = [
  { title: "Hugging Face's Trainer with report_to", program: "trainer_reports", lr: "learning_rate" },
  { title: "Lightning with its own logger", program: "lightning_logs", lr: "lr" },
];
const platform = new PlatformProcess(await freePort());
const trackers = ["wandb", "mlflow", "mlflow-2"] as const;
const torch = findFramework("pytorch");
const frameworks = [torch, ...trackers.map((name) => findFramework(name))];

beforeAll(async () => {
  for (const framework of frameworks) if (!framework.isMissing) framework.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

describe.each(trackers)("%s", (name) => {
  const framework = findFramework(name);
  const tracker = name.replace(/-.*/, "");

  test.for(TRAINERS)("$title: every value that it logs is with the platform", async ({ program, lr }, { skip }) => {
    skip(torch.isMissing || framework.isMissing, `${torch.note}${framework.note}`);
    const [workspace, evidence] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-"))];
    const id = `${program}-${name}`;
    const command = [torch.python, repositoryPath(`tests/python/programs/trackers/${program}.py`), tracker, evidence];
    const folders = [framework.folder, torch.folder].join(path.delimiter);
    const env = { HOME: workspace, PYTHONPATH: folders, AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
    const { exitCode, stderr } = await runAva(["run", "--id", id, "--", ...command], env, workspace);
    expect([exitCode, stderr.toString()]).toEqual([0, expect.not.stringMatching(/Traceback/)]);
    const points = await platform.pointsOf(id);
    const logged = points.filter(({ name: of, labels }) => !of.startsWith("system/") && labels["source"] === undefined);
    expect(sorted(logged)).toEqual(expectedPoints(evidence));
    expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({ state: "done", name: "fit", params: { [lr]: 0.125 } });
  });
});
