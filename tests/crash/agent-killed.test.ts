// The agent killed at random moments and started again, the platform killed in between, a sync beside them: every point once.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { runAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";
import { randomOf, seedOfTest } from "../random.js";

const KILLS = 24;
const POINTS = 12_000;
const LOGS = ["multiloss", "nan-euclidean", "new-year-oldglog"];

/** Steps and values of each series, in their order. */
function bySeries(points: readonly ExportedPoint[]): Record<string, string[]> {
  const series: Record<string, string[]> = {};
  for (const { name, labels, step, value } of points) (series[`${name} ${JSON.stringify(labels ?? {})}`] ??= []).push(`${step} ${value}`);
  return series;
}

async function parsed(log: string): Promise<Record<string, string[]>> {
  const { stdout } = await runAva(["parse", "--parser", "caffe", log], {});
  const lines = stdout.toString().split("\n");
  return bySeries(lines.filter((line) => line.startsWith('{"name"')).map((line) => JSON.parse(line) as ExportedPoint));
}

test("an agent killed at random moments loses nothing and doubles nothing, of journals and of console lines", async () => {
  const random = randomOf(seedOfTest());
  const platform = new PlatformProcess(await freePort());
  onTestFinished(() => platform.stop("SIGKILL"));
  await platform.start();
  const counted = newRun("killed-journals");
  // Two processes that say the same would be one series: a run for each.
  const logged = LOGS.map((name, index) => ({ log: caffeLog(name), folder: newRun(`killed-lines-${index}`) }));
  const runs = [counted, ...logged.map(({ folder }) => folder)];
  const writers = [
    startWriter("journals", counted.run, POINTS, 6, 25),
    ...logged.map(({ folder, log }) => startWriter("lines", folder.run, log, "metrics", "caffe", 2)),
  ];
  const agent = await AgentProcess.start();
  const begin = async () => {
    const client = await agent.client();
    for (const run of runs) await attach(client, run, platform.url);
    return client;
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const client = await begin();
    if (kill % 3 === 0) void client.call("finish", { run: counted.run, timeoutMs: 5_000 });
    const sync = kill % 4 === 1 ? runAva(["sync", ...runs.map(({ run }) => run)], { AVA_PLATFORM_URL: platform.url }) : undefined;
    await pause(random.below(350));
    await agent.kill();
    await sync;
    if (kill % 6 === 5) {
      await platform.stop("SIGKILL");
      await platform.start();
    }
    await agent.restart();
  }
  const client = await begin();
  await Promise.all(writers.map(({ written }) => written));
  for (const { run } of runs) expect(await client.call("finish", { run, timeoutMs: 60_000 })).toMatchObject({ isComplete: true });

  const expected = Array.from({ length: POINTS }, (_, step) => `${step} ${step}`);
  const counts = bySeries(await platform.pointsOf("killed-journals"));
  expect(Object.keys(counts)).toHaveLength(6);
  for (const values of Object.values(counts)) expect(values).toEqual(expected);
  for (const { folder, log } of logged) {
    expect(bySeries(await platform.pointsOf(folder.instance))).toEqual(await parsed(log));
    expect(await platform.logOf(folder.instance)).toBe(readFileSync(log, "utf8"));
  }

  await Promise.all(writers.map((writer) => writer.end()));
  client.socket.destroy();
  expect((await agent.ava.result).exitCode).toBe(0);
  const left = runs.flatMap(({ run }) => ["journal", "lines"].map((kind) => path.join(run, kind)));
  await waitFor(() => left.every((folder) => listed(folder).length === 0), "nothing is left on the disk");
}, 300_000);

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The run has none of these.
    return [];
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
