// What trainers of others log by their own callbacks and loggers, unmodified, below `ava-sdk run`.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, type Point, sorted } from "./recorded.js";

type Name = Parameters<typeof findFramework>[0];

/** `packages`: beside those of the tracker, what is first is found first. */
const TRAINERS: readonly { title: string; program: string; packages: readonly Name[]; params: object; trackers: readonly Name[] }[] = [
  {
    title: "Hugging Face's Trainer with report_to",
    program: "trainer_reports",
    packages: ["pytorch"],
    params: { learning_rate: 0.125 },
    trackers: ["wandb", "mlflow", "mlflow-2"],
  },
  {
    title: "Lightning with its own logger",
    program: "lightning_logs",
    packages: ["pytorch"],
    params: { lr: 0.125 },
    trackers: ["wandb", "mlflow", "mlflow-2"],
  },
  {
    title: "scikit-learn below autolog",
    program: "sklearn_autolog",
    packages: ["boosting", "mlflow-autolog"],
    params: { C: 0.25 },
    trackers: ["mlflow", "mlflow-2"],
  },
  {
    title: "Keras below autolog",
    program: "keras_autolog",
    packages: ["keras", "mlflow-autolog", "tensorboard"],
    params: { opt_learning_rate: 0.125 },
    trackers: ["mlflow", "mlflow-2"],
  },
];
const platform = new PlatformProcess(await freePort());

beforeAll(() => platform.start());
afterAll(() => platform.stop());

describe.each(TRAINERS)("$title", ({ program, packages, params, trackers }) => {
  test.for(trackers)(
    "%s: every value that it logs is with the platform, and what it stores is among the files",
    { timeout: 900_000 },
    async (name, { skip }) => {
      const frameworks = [name, ...packages].map(findFramework);
      skip(
        frameworks.some(({ isMissing }) => isMissing),
        frameworks.map(({ note }) => note).join(""),
      );
      for (const framework of frameworks) framework.install();
      const autologs = program.endsWith("autolog");
      const tracker = name.replace(/-.*/, "");
      const [workspace, evidence] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-"))];
      const id = `${program}-${name}`;
      const python = findFramework(packages[0]!).python;
      const command = [python, repositoryPath(`tests/python/programs/trackers/${program}.py`), tracker, evidence];
      const folders = frameworks.map(({ folder }) => folder).join(path.delimiter);
      const env = {
        HOME: workspace,
        PYTHONPATH: folders,
        TF_CPP_MIN_LOG_LEVEL: "3",
        AVA_PLATFORM_URL: platform.url,
        AVA_WORKSPACE: workspace,
      };
      const { exitCode, stderr } = await runAva(["run", "--id", id, "--", ...command], env, workspace);
      expect([exitCode, stderr.toString()]).toEqual([0, expect.not.stringMatching(/Traceback|unexpected error/)]);
      const points = await platform.pointsOf(id);
      // TensorBoard's files that autolog makes are read, too. MLflow 3 tells a metric once more for each model, with labels.
      const logged = sorted(points.filter(({ name: of, labels }) => !of.startsWith("system/") && labels["source"] === undefined));
      const form = autologs ? distinct : (all: readonly Point[]) => all;
      expect(form(logged)).toEqual(form(expectedPoints(evidence)));
      const told = await platform.get(`/v1/instances/${id}`);
      expect(told).toMatchObject({ state: "done", name: "fit", params });
      const { files } = await platform.get<{ files: { path: string }[] }>(`/v1/instances/${id}/files`);
      const models = files.filter(({ path: file }) => file.endsWith("MLmodel")).length;
      expect(models > 0).toBe(autologs);
    },
  );
});

function distinct(points: readonly Point[]): string[] {
  return [...new Set(points.map((point) => JSON.stringify(point)))].sort();
}
