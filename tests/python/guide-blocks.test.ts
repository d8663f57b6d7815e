// The guides for moving over: each of their commands as it is typed, with the client that it is about and a platform.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { findBlocks, readPage } from "../integration/docs/blocks.js";
import { DocsFolder } from "../integration/docs/run-block.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";

const KEY = "abcdefghijklmnopqrstuvwxyz01234567890123";
/** Each logs three values of `loss`. */
const PROGRAMS = {
  wandb: `
import wandb
with wandb.init(project="demo") as run:
    for step in range(3):
        run.log({"loss": 1 / (step + 1)})
`,
  mlflow: `
import mlflow
with mlflow.start_run():
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
`,
  trackio: `
import trackio
trackio.init(project="demo", embed=False)
for step in range(3):
    trackio.log({"loss": 1 / (step + 1)})
trackio.finish()
`,
};
/** Where the client leaves old runs without a server. */
const ALONE = {
  // What was logged to a server is there, too.
  wandb: "rm -rf wandb; WANDB_MODE=offline",
  mlflow: "MLFLOW_ALLOW_FILE_STORE=true MLFLOW_TRACKING_URI=file:mlruns",
  trackio: "",
};

afterEach(() => vi.unstubAllEnvs());

test.each(["wandb", "mlflow", "trackio"] as const)(
  "each command of the guide for moving over from %s brings the values of its program to the platform",
  async (tracker) => {
    const framework = findFramework(tracker);
    if (framework.isMissing) return;
    framework.install();
    const platform = new PlatformProcess(await freePort());
    onTestFinished(() => platform.stop());
    await platform.start();
    const folder = new DocsFolder(platform.url);
    onTestFinished(() => folder.remove());
    writePython(folder.path, framework);
    writeFileSync(path.join(folder.path, "train.py"), PROGRAMS[tracker]);
    writeFileSync(path.join(folder.path, "history.csv"), "step,loss\n0,1\n1,0.5\n2,0.25\n");
    vi.stubEnv("PATH", `${path.join(folder.path, "bin")}${path.delimiter}${process.env["PATH"]}`);
    vi.stubEnv("HOME", folder.path);
    const page = `docs/guides/moving-from-${tracker}.md`;
    const blocks = findBlocks(page, readPage(page)).filter(({ language }) => language === "sh");
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const block of blocks) {
      const before = await valueCounts(platform);
      const typed = block.code.replaceAll("http://ava.example:5660", platform.url).replaceAll("TOKEN", (word, at: number, text: string) => {
        return text[at - 1] === "=" ? KEY : word;
      });
      const isOld = typed.includes("import ") && !typed.includes("csv");
      const code = `${isOld ? `${ALONE[tracker]} python train.py\n` : ""}${typed}${typed.startsWith("export") ? "python train.py\n" : ""}`;
      const { exitCode, output } = await folder.run({ ...block, code });
      expect([exitCode, output]).toEqual([0, expect.not.stringContaining("Traceback")]);
      expect([block.code, await valueCounts(platform)]).toEqual([block.code, [...before, 3]]);
    }
  },
  300_000,
);

/** `python` is the interpreter with the client. */
function writePython(folder: string, { python, folder: packages }: { python: string; folder: string }): void {
  const file = path.join(folder, "bin", "python");
  mkdirSync(path.dirname(file));
  writeFileSync(file, `#!/bin/sh\nPYTHONPATH=${packages} exec ${python} "$@"\n`);
  chmodSync(file, 0o755);
}

/** @returns of each instance the values of `loss` */
async function valueCounts(platform: PlatformProcess): Promise<number[]> {
  const { instances } = await platform.get<{ instances: { id: string }[] }>("/v1/instances");
  const counts = instances.map(async ({ id }) => (await platform.pointsOf(id)).filter(({ name }) => name === "loss").length);
  return Promise.all(counts);
}
