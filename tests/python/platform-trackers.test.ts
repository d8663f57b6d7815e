// Unmodified clients of other trackers that are pointed at the platform itself: what they log is there, exactly, whatever is killed on the way.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { newWorkspace, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";
import { expectedPoints, recordedPoints } from "./recorded.js";

const TOKEN = "abcdefghijklmnopqrstuvwxyz01234567890123";
const CLIENTS = ["mlflow", "mlflow-2", "wandb", "wandb-0.19", "trackio"] as const;

const PARAMS = {
  mlflow: { lr: 0.1, opt: "SGD", mlflow: { experiment: "视觉/one", tags: { team: "a", "mlflow.runName": "first" } } },
  wandb: { lr: 0.1, seed: 1234567890123456, opt: { name: "SGD" }, _wandb: { tags: ["a"], summary: { best: 0.5 } } },
  trackio: { lr: 0.1, seed: 1234567890123456, opt: { name: "SGD" }, trackio: { project: "视觉 one", run: "first" } },
};

describe.each(CLIENTS)("%s", (name) => {
  const framework = findFramework(name);
  const tracker = name.startsWith("mlflow") ? "mlflow" : name === "trackio" ? "trackio" : "wandb";

  test.skipIf(framework.isMissing)(
    `what the client logs to the platform is there value for value, also when that was killed in between${framework.note}`,
    async () => {
      framework.install();
      const platform = new PlatformProcess(await freePort(), { token: TOKEN });
      onTestFinished(() => platform.stop());
      await platform.start();
      const [workspace, evidence] = [newWorkspace(), mkdtempSync(path.join(tmpdir(), "ava-evidence-"))];
      const variables = {
        mlflow: { MLFLOW_TRACKING_URI: `${platform.url}/mlflow`, MLFLOW_TRACKING_TOKEN: TOKEN },
        wandb: { WANDB_BASE_URL: `${platform.url}/wandb`, WANDB_API_KEY: TOKEN, WANDB_SILENT: "true", WANDB_DIR: workspace },
        trackio: { TRACKIO_SERVER_URL: `${platform.url}/trackio`, TRACKIO_WRITE_TOKEN: TOKEN, TRACKIO_DIR: workspace },
      }[tracker];
      const { result } = framework.start("tracked.py", [tracker, evidence], workspace, { HOME: workspace, ...variables });
      await waitFor(async () => (await points(platform)) > 0, "the first points");
      // What Trackio's client could not send it writes to a file, in which it has no way to write a NaN.
      if (tracker !== "trackio") {
        await platform.stop("SIGKILL");
        await platform.start();
      }
      const { exitCode, stderr } = await result;
      expect([exitCode, stderr]).toEqual([3, expect.not.stringMatching(/Traceback|Error/)]);
      const [instance] = await instances(platform);
      expect(instance).toMatchObject({ name: "first", training: tracker === "mlflow" ? "视觉_one" : "视觉 one" });
      // Trackio's client tells no end.
      expect(instance!.state).toBe(tracker === "trackio" ? "running" : "done");
      const id = instance!.id;
      expect(await recordedPoints(platform, id)).toEqual(expectedPoints(evidence));
      expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({ params: PARAMS[tracker] });
      const { files } = await platform.get<{ files: { path: string }[] }>(`/v1/instances/${id}/files`);
      const expected = { mlflow: /^notes\/a b\.txt$/, wandb: /^wandb-summary\.json$/, trackio: /^media\/7\/.*\.png$/ }[tracker];
      expect(files.map(({ path: file }) => file)).toContainEqual(expect.stringMatching(expected));
    },
  );
});

async function points(platform: PlatformProcess): Promise<number> {
  const found = await instances(platform);
  return found[0] === undefined ? 0 : (await recordedPoints(platform, found[0].id)).length;
}

async function instances(platform: PlatformProcess) {
  return (await platform.get<{ instances: { id: string; state: string; training: string; name: string }[] }>("/v1/instances")).instances;
}
