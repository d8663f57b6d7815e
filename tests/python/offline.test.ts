// What clients of other trackers left in files of their own, without `ava-sdk run`: imported, value for value.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, type Point, sorted } from "./recorded.js";

interface Imported {
  id: string;
  newRecords: number;
  passedOver: Record<string, number>;
}

let platform: PlatformProcess;
beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

async function importFrom(kind: string, from: string, training: readonly string[] = []): Promise<Imported[]> {
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
  const { stdout } = await runAva(["import", kind, from, ...training, "--json"], env);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Imported);
}

async function logged(id: string): Promise<Point[]> {
  return sorted((await platform.pointsOf(id)).filter(({ labels }) => labels["source"] === undefined));
}

describe.each(["mlflow", "wandb", "wandb-0.19"] as const)("%s", (name) => {
  const framework = findFramework(name);
  const tracker = name.startsWith("mlflow") ? "mlflow" : "wandb";
  const [evidence, folder] = [mkdtempSync(path.join(tmpdir(), "ava-evidence-")), newWorkspace()];

  beforeAll(async () => {
    if (framework.isMissing) return;
    framework.install();
    const env = {
      HOME: folder,
      WANDB_MODE: "offline",
      WANDB_DIR: folder,
      MLFLOW_TRACKING_URI: path.join(folder, "mlruns"),
      MLFLOW_ALLOW_FILE_STORE: "true",
    };
    await framework.start("tracked.py", [tracker, evidence], folder, env).result;
  }, 600_000);

  test.skipIf(framework.isMissing)("all runs are brought, and once more is nothing new", async () => {
    const from = path.join(folder, tracker === "mlflow" ? "mlruns" : "wandb");
    const [first] = await importFrom(tracker, from);
    expect(await logged(first!.id)).toEqual(expectedPoints(evidence));
    const facts = await platform.get<{ paramsText: string }>(`/v1/instances/${first!.id}`);
    expect(facts).toMatchObject({
      name: "first",
      training: tracker === "mlflow" ? "视觉_one" : "视觉 one",
      state: "done",
      params: { lr: 0.1 },
    });
    expect((await importFrom(tracker, from)).map(({ newRecords }) => newRecords)).toEqual([0]);
  });

  test.skipIf(framework.isMissing || tracker === "mlflow")(
    "a run that `wandb sync` brought is not imported beside it: its values would be there twice",
    async () => {
      const run = readdirSync(path.join(folder, "wandb")).find((entry) => entry.startsWith("offline-run-"))!;
      const synced = path.join(newWorkspace(), run);
      cpSync(path.join(folder, "wandb", run), synced, { recursive: true });
      const env = {
        ...process.env,
        PYTHONPATH: framework.folder,
        WANDB_BASE_URL: `${platform.url}/wandb`,
        WANDB_API_KEY: "x".repeat(40),
        HOME: folder,
      };
      execFileSync(framework.python, ["-m", "wandb", "sync", "--project", "synced", synced], { env, cwd: folder, stdio: "pipe" });
      const id = (await platform.get<{ instances: { id: string }[] }>("/v1/trainings/synced/instances")).instances[0]!.id;
      const before = await logged(id);
      const importing = (platformUrl: string) =>
        runAva(["import", "wandb", synced, "--training", "synced"], { AVA_PLATFORM_URL: platformUrl, AVA_WORKSPACE: newWorkspace() });
      for (const [url, why] of [
        [platform.url, "wandb has logged it to the platform itself"],
        ["http://127.0.0.1:1", "may have logged it"],
      ] as const) {
        const { exitCode, stderr } = await importing(url);
        expect([exitCode, stderr.toString()]).toEqual([1, expect.stringContaining(why)]);
      }
      expect(await logged(id)).toEqual(before);
    },
  );

  test.skipIf(framework.isMissing || tracker === "mlflow")("a file that is cut or damaged is brought as far as it goes", async () => {
    const run = readdirSync(path.join(folder, "wandb")).find((entry) => entry.startsWith("offline-run-"))!;
    const file = readdirSync(path.join(folder, "wandb", run)).find((entry) => entry.endsWith(".wandb"))!;
    const bytes = readFileSync(path.join(folder, "wandb", run, file));
    const whole = expectedPoints(evidence).length;
    const cut = path.join(newWorkspace(), file);
    writeFileSync(cut, bytes.subarray(0, bytes.length / 2));
    const [first] = await importFrom("wandb", cut, ["--training", "cut"]);
    const points = (await logged(first!.id)).length;
    expect([points > whole / 5, points < whole]).toEqual([true, true]);
    const damaged = path.join(newWorkspace(), file);
    bytes[40_000]! ^= 0xff;
    writeFileSync(damaged, bytes);
    const [second] = await importFrom("wandb", damaged, ["--training", "damaged"]);
    expect(second!.passedOver["damaged places"]).toBe(1);
    expect((await logged(second!.id)).length).toBeGreaterThan(whole / 5);
  });
});
