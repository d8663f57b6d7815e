// Unmodified clients of other trackers below `ava-sdk run`: what they log is with the platform, exactly, whatever is killed on the way.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva, startAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { tapsOf } from "../processes/taps.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, type Point, sorted } from "./recorded.js";

const CLIENTS = [
  ["mlflow", "MLflow 3.17.2"],
  ["mlflow-2", "MLflow 2.22.5"],
  ["wandb", "wandb 0.31.0"],
  ["wandb-0.19", "wandb 0.19.11"],
  ["trackio", "Trackio 0.43.0"],
] as const;

const PARAMS = {
  mlflow: { lr: 0.1, opt: "SGD", mlflow: { experiment: "视觉/one", tags: { team: "a", "mlflow.runName": "first" } } },
  trackio: { lr: 0.1, seed: 1234567890123456, opt: { name: "SGD" }, trackio: { project: "视觉 one", run: "first" } },
  wandb: { lr: 0.1, seed: 1234567890123456, opt: { name: "SGD" }, _wandb: { tags: ["a"], summary: { best: 0.5 } } },
};

describe.each(CLIENTS.map(([name, title]) => ({ framework: findFramework(name), tracker: name.replace(/-.*/, ""), title })))(
  "$title",
  ({ framework, tracker }) => {
    const platform = { up: undefined as unknown as PlatformProcess, later: undefined as unknown as PlatformProcess };

    beforeAll(async () => {
      if (!framework.isMissing) framework.install();
      [platform.up, platform.later] = [new PlatformProcess(await freePort()), new PlatformProcess(await freePort())];
      await platform.up.start();
    }, 600_000);
    afterAll(async () => {
      await platform.up.stop();
      await platform.later.stop();
    });

    /** Starts the program below `ava-sdk run`, as a user without accounts does. */
    function start(id: string, platformUrl: string) {
      const [workspace, evidence] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-"))];
      const program = [framework.python, repositoryPath("tests/python/programs/tracked.py"), tracker, evidence];
      const env = { HOME: workspace, PYTHONPATH: framework.folder, AVA_PLATFORM_URL: platformUrl, AVA_WORKSPACE: workspace };
      return { ...startAva(["run", "--id", id, "--set", "mine=1.0", "--", ...program], env, workspace), workspace, evidence };
    }

    test.skipIf(framework.isMissing)("what the client logs is recorded with the wrapped instance, value for value", async () => {
      const id = `up-${tracker}`;
      const { result, evidence, workspace } = start(id, platform.up.url);
      const { exitCode, stderr } = await result;
      expect([exitCode, stderr.toString()]).toEqual([3, expect.not.stringMatching(/Traceback|Error/)]);
      expect(await clientPoints(platform.up, id)).toEqual(expectedPoints(evidence));
      const facts = await platform.up.get<{ paramsText: string }>(`/v1/instances/${id}`);
      expect(facts).toMatchObject({
        state: "failed",
        end: { exitCode: 3 },
        name: "first",
        training: tracker === "mlflow" ? "视觉_one" : "视觉 one",
        params: { mine: 1, ...PARAMS[tracker as keyof typeof PARAMS] },
      });
      expect(facts.paramsText).toContain('"mine": 1.0');
      if (tracker !== "wandb") return;
      const env = { AVA_PLATFORM_URL: platform.up.url, AVA_WORKSPACE: workspace };
      const imported = await runAva(["import", "wandb", path.join(workspace, "wandb")], env);
      expect([imported.exitCode, imported.stderr.toString()]).toEqual([1, expect.stringContaining("ava-sdk run has recorded it")]);
    });

    // What Trackio's client sends again, because it got no answer, it cannot write when there is a NaN in it.
    test.skipIf(framework.isMissing || tracker === "trackio")(
      "with the platform away and the tap killed again and again, nothing is lost and nothing doubled",
      async () => {
        const id = `away-${tracker}`;
        const { result, evidence, workspace, child } = start(id, platform.later.url);
        let kills = 0;
        const timer = setInterval(() => {
          for (const pid of tapsOf(child.pid as number)) if (kills++ < 4) process.kill(pid, "SIGKILL");
        }, 400);
        const { exitCode } = await result;
        clearInterval(timer);
        expect([exitCode, kills > 0]).toEqual([3, true]);
        await platform.later.start();
        const sync = await runAva(["sync"], { AVA_PLATFORM_URL: platform.later.url, AVA_WORKSPACE: workspace });
        expect([sync.exitCode, sync.stderr.toString()]).toEqual([0, expect.any(String)]);
        expect(await clientPoints(platform.later, id)).toEqual(expectedPoints(evidence));
        expect(await fileOf(platform.later, id, tracker)).toMatch(/hello|"best":0.5/);
      },
    );
  },
);

/** @returns a file that a client put into an instance */
async function fileOf(platform: PlatformProcess, id: string, tracker: string): Promise<string> {
  const file = tracker === "mlflow" ? "notes/a b.txt" : "wandb-summary.json";
  return (await fetch(`${platform.url}/v1/instances/${id}/files/${file.split("/").map(encodeURIComponent).join("/")}`)).text();
}

/** @returns what the client logged: not what the machine did, nor what parsers read from its words on the console */
async function clientPoints(platform: PlatformProcess, id: string): Promise<Point[]> {
  const points = await platform.pointsOf(id);
  return sorted(points.filter(({ name, labels }) => !name.startsWith("system/") && labels["source"] === undefined));
}
