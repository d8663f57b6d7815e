import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { hasPostgres, postgresUrl } from "../../packages/platform/src/testing/postgres-driver.js";
import { type PlatformProcess, platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { randomOf, seedOfTest } from "../random.js";

const [PROGRAM, BIN] = platformCommand("") as [string, string];
const INSTANCES = 40;
const POINTS = 6000;

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(PROGRAM, [BIN, ...args], { encoding: "utf8", timeout: 120_000 });
}

async function started(dataDir: string): Promise<PlatformProcess> {
  const platform = await startPlatformProcess(platformCommand(dataDir));
  onTestFinished(() => void platform.end("SIGKILL"));
  return platform;
}

async function filled(folder: string): Promise<string> {
  const dataDir = join(folder, "data");
  const platform = await started(dataDir);
  for (let i = 0; i < INSTANCES; i++) {
    const writer = new BatchWriter(`writer-${i}`);
    for (let step = 0; step < POINTS; step++) writer.log({ loss: step * i }, step);
    const headers = { "content-type": "application/x-ava-records" };
    const body = new Uint8Array(writer.print(`a line of ${i}\n`).body());
    expect((await fetch(`${platform.url}/v1/instances/run-${i}/records`, { method: "POST", headers, body })).status).toBe(200);
  }
  const locked = run("migrate", "--from", dataDir, "--to", join(folder, "other"));
  expect(locked).toMatchObject({ status: 1, stderr: expect.stringMatching(/is open in the process \d+/) });
  await platform.end("SIGTERM");
  return dataDir;
}

test.skipIf(!hasPostgres)(
  "migrate to PostgreSQL that is killed at random moments and started again brings everything, once, and back",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "ava-migrate-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const dataDir = await filled(folder);
    const url = await postgresUrl();
    const random = randomOf(seedOfTest());
    for (let kill = 0; kill < 5; kill++) {
      const child = spawn(PROGRAM, [BIN, "migrate", "--from", dataDir, "--to", url], { stdio: "ignore" });
      const ended = once(child, "close");
      await wait(400 + random.below(900));
      child.kill("SIGKILL");
      await ended;
    }
    const there = { instances: INSTANCES, points: INSTANCES * POINTS };
    for (let time = 0; time < 2; time++) {
      const { status, stdout, stderr } = run("migrate", "--from", dataDir, "--to", url, "--json");
      expect(status).toBe(0);
      // A busy machine takes so long that progress is told.
      expect(stderr).toMatch(/^(?:(?:copies|compares): .*\n)*$/);
      expect(JSON.parse(stdout)).toMatchObject(there);
    }
    const back = join(folder, "back");
    expect(run("migrate", "--from", url, "--to", back)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^All of it is in the target and was compared: 40 instances, 240000 points/),
    });
    expect(run("check", "--data", back)).toMatchObject({ status: 0, stdout: expect.stringContaining("is whole: 40 instances, 40 series") });
    const platform = await started(back);
    const { series } = (await (await fetch(`${platform.url}/v1/instances/run-7`)).json()) as { series: object[] };
    expect(series).toMatchObject([{ name: "loss", count: POINTS, last: (POINTS - 1) * 7 }]);
  },
  180_000,
);
