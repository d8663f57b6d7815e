import { expect } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import type { PlatformProcess } from "../processes/platform.js";
import { type Replicas, startReplicas } from "../processes/replicas.js";
import type { Random } from "../random.js";

/** How much is killed. */
export interface Kills {
  /** Of replicas, each without a warning; at every fifth the database is stopped, or killed, too. */
  kills: number;
  /** Points of each writer; each of the three runs has two. */
  points: number;
  /** Points that a writer writes between two pauses of 10 ms: they write while there are kills. */
  pace?: number;
  random: Random;
  /** As of {@link startReplicas}. */
  isPooled?: boolean;
}

/** Trains through a balancer while replicas and the database die, and sees that each point is there once, in order, on every replica. */
export async function killReplicas({ kills, points, pace = 10, random, isPooled = false }: Kills): Promise<void> {
  const replicas = await startReplicas({ isOftenSealed: true, isPooled });
  try {
    const runs = ["one", "two", "three"].map((name) => newRun(`killed-${name}`));
    const agent = await AgentProcess.start();
    const client = await agent.client();
    for (const run of runs) await attach(client, run, replicas.balancer.url);
    const writers = runs.map(({ run }) => startWriter("journals", run, points, 2, pace));
    for (let kill = 1; kill <= kills; kill++) {
      await pause(random.below(600));
      const platform = random.pick(replicas.platforms);
      await platform.stop("SIGKILL");
      if (kill % 5 === 0) await restartDatabase(replicas, random);
      await pause(random.below(200));
      await startAgain(platform);
    }
    await Promise.all(writers.map(({ written }) => written));
    for (const { run } of runs) expect(await client.call("finish", { run, timeoutMs: 120_000 })).toMatchObject({ isComplete: true });
    await Promise.all(writers.map((writer) => writer.end()));
    const expected = Array.from({ length: points }, (_, step) => step);
    const sealed = () => replicas.server.sql("select count(*) from ava.instances where sealed_pos > 0", replicas.database);
    await expect.poll(sealed, { timeout: 60_000 }).toBe(String(runs.length));
    for (const { instance } of runs) {
      for (const platform of replicas.platforms) expect(await stepsOf(platform, instance)).toEqual([expected, expected]);
    }
  } finally {
    await replicas.stop();
  }
}

/** @returns steps of each series of an instance, in order of arrival */
export async function stepsOf(platform: PlatformProcess, instance: string): Promise<number[][]> {
  const series = new Map<string, number[]>();
  for (const { labels, step, value } of await platform.pointsOf(instance)) {
    const key = JSON.stringify(labels);
    expect(value).toBe(step);
    const steps = series.get(key);
    if (steps === undefined) series.set(key, [step]);
    else steps.push(step);
  }
  return [...series.values()];
}

async function restartDatabase({ server }: Replicas, random: Random): Promise<void> {
  if (random.chance(0.5)) await server.kill();
  else await server.stop();
  await pause(random.below(500));
  await server.launch();
}

/** @param platform - that may find a database that still starts up */
export async function startAgain(platform: PlatformProcess): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await platform.start();
    } catch (error) {
      if (tries === 10) throw error;
      await pause(300);
    }
  }
}

/** @param ms - how long */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
