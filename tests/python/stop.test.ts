import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";

const platform = new PlatformProcess(await freePort());
beforeAll(() => platform.start());
afterAll(() => platform.stop());

const [mxnet, keras, pytorch] = [findFramework("mxnet"), findFramework("keras"), findFramework("pytorch")];

describe.each([
  ["gluon", mxnet],
  ["keras", keras],
  ["lightning", pytorch],
  ["transformers", pytorch],
] as const)("%s", (name, { isMissing, note, install, start }) => {
  beforeAll(() => (isMissing ? undefined : install()), 600_000);

  test.skipIf(isMissing)(`a stop asked for in the portal ends fit, and the script goes on behind it${note}`, async () => {
    const env = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: name, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
    const script = start("fit_until_stopped.py", [name, newWorkspace()], newWorkspace(), env);
    const isKnown = async () => (await fetch(`${platform.url}/v1/instances/${name}`)).ok;
    await waitFor(async () => (await isKnown()) && (await platform.pointsOf(name)).some(({ step }) => step >= 100), "metrics", 60_000);
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: '{"reason":"enough"}' };
    expect((await fetch(`${platform.url}/v1/instances/${name}/stop`, request)).ok).toBe(true);
    const { exitCode, stdout } = await script.result;
    expect({ exitCode, last: stdout.trim().split("\n").at(-1) }).toEqual({ exitCode: 0, last: "fit has returned: enough" });
    expect(await platform.get(`/v1/instances/${name}`)).toMatchObject({ state: "done", end: { stoppedBy: "platform" } });
  });
});
