import type { InstanceDetail, ReparseAnswer, ReparseSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const RULE = "step (?<step>\\d+) loss (?<loss>\\S+)";
const LINES = 120_000;

test("a platform that is killed while it adds points takes them back when it starts again; the next reparse adds each once", async () => {
  const platform = new PlatformProcess(await freePort());
  await platform.start();
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const ask = async <Answer>(route: string, body?: object): Promise<Answer> => {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await fetch(`${platform.url}/v1/instances/big${route}`, body && post)).json() as Promise<Answer>;
  };
  const reparses = async () => (await ask<{ reparses: ReparseSummary[] }>("/reparse")).reparses;
  const program = `for (let i = 1; i <= ${LINES}; i++) console.log("step " + i + " loss " + 1 / i)`;
  await runAva(["run", "--quiet", "--id", "big", "--parser", "none", "--", process.execPath, "-e", program], env);

  const cut = ask("/reparse", { rules: [RULE] }).catch(() => "cut off");
  await waitFor(async () => (await reparses())[0]?.state === "running", "the first points are added");
  await platform.stop("SIGKILL");
  expect(await cut).toBe("cut off");
  await platform.start();
  await waitFor(async () => (await reparses())[0]?.state === "undone", "what was half added is taken back");
  expect((await ask<InstanceDetail>("")).series).toEqual([]);

  const { n, points, known } = await ask<ReparseAnswer>("/reparse", { rules: [RULE] });
  expect([n, points, known]).toEqual([2, LINES, 0]);
  expect((await reparses()).map(({ state }) => state)).toEqual(["undone", "done"]);
  expect((await ask<InstanceDetail>("")).series).toMatchObject([{ name: "loss", count: LINES, firstStep: 1, lastStep: LINES }]);
  await platform.stop();
});
