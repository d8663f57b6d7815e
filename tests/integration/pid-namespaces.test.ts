import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

// As in a container with the host's network: the same host name, pids of its own.
const UNSHARE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;
const DEAD_URL = "http://127.0.0.1:9";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

test("a sync on the host leaves the journal of a run that lives in another pid namespace, and every value arrives", async ({ skip }) => {
  const probe = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), "true"], { encoding: "utf8" });
  skip(probe.status !== 0, `SKIPPED: no pid namespace may be made here: ${probe.stderr}`);
  const workspace = newWorkspace();
  const program = repositoryPath("tests/programs/log-by-request.mjs");
  // Its own shipper reaches no platform: what arrives came by the syncs.
  const run = spawn(UNSHARE[0], [...UNSHARE.slice(1), process.execPath, program, "in-namespace"], {
    env: { ...process.env, AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: DEAD_URL },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: run.stdout })[Symbol.asyncIterator]();
  const log = async (): Promise<void> => {
    run.stdin.write("\n");
    await lines.next();
  };
  const journal = path.join(workspace, "run/in-namespace/journal");
  const sync = () => runAva(["sync", "--json"], { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url });
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 10; i++) await log();
    const synced = await sync();
    expect(JSON.parse(synced.stdout.toString())).toMatchObject({ isComplete: true, isLive: true });
    expect(readdirSync(journal).length).toBeGreaterThan(0);
  }
  run.stdin.end();
  await once(run, "exit");
  expect((await sync()).exitCode).toBe(0);
  const steps = (await platform.pointsOf("in-namespace")).filter(({ name }) => name === "loss").map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: 30 }, (_, step) => step));
  const { state } = await platform.get<{ state: string }>("/v1/instances/in-namespace");
  expect(state).toBe("done");
});
