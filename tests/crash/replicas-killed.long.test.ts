import { expect, test } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { waitFor } from "../processes/ava.js";
import { Balancer } from "../processes/balancer.js";
import { hasPgBouncer } from "../processes/pgbouncer.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { startReplicas } from "../processes/replicas.js";
import { randomOf, seedOfTest } from "../random.js";
import { killReplicas, pause, stepsOf } from "./replica-kills.js";

test.skipIf(POSTGRES_BIN === undefined)("two hundred kills of replicas and their database lose nothing and double nothing", () =>
  killReplicas({ kills: 200, points: 50_000, pace: 1, random: randomOf(seedOfTest()) }),
);

test.skipIf(POSTGRES_BIN === undefined || !hasPgBouncer())(
  "kills of replicas and their database lose nothing and double nothing behind PgBouncer in transaction mode",
  () => killReplicas({ kills: 20, points: 8000, random: randomOf(seedOfTest()), isPooled: true }),
);

test.skipIf(POSTGRES_BIN === undefined)(
  "a replica that is stopped for longer than its leases last, and wakes up, changes nothing that others did meanwhile",
  async () => {
    const points = 12_000;
    const replicas = await startReplicas({ isOftenSealed: true });
    try {
      const runs = ["one", "two", "three"].map((name) => newRun(`stopped-${name}`));
      const agent = await AgentProcess.start();
      const client = await agent.client();
      for (const run of runs) await attach(client, run, replicas.balancer.url);
      const writers = runs.map(({ run }) => startWriter("journals", run, points, 2, 4));
      const [asleep] = replicas.platforms;
      await pause(5000);
      asleep!.signal("SIGSTOP");
      // The others take what it leased once that has run out, 30 seconds later.
      await pause(45_000);
      asleep!.signal("SIGCONT");
      await Promise.all(writers.map(({ written }) => written));
      for (const { run } of runs) expect(await client.call("finish", { run, timeoutMs: 120_000 })).toMatchObject({ isComplete: true });
      const expected = Array.from({ length: points }, (_, step) => step);
      for (const { instance } of runs) {
        for (const platform of replicas.platforms) expect(await stepsOf(platform, instance)).toEqual([expected, expected]);
      }
      await Promise.all(writers.map((writer) => writer.end()));
    } finally {
      await replicas.stop();
    }
  },
);

test.skipIf(POSTGRES_BIN === undefined)(
  "when the primary dies for good, its synchronous standby has everything that was acknowledged, and trainings go on by themselves",
  async () => {
    const primary = await PostgresProcess.start();
    const name = await primary.database();
    const standby = await primary.standby();
    primary.configure({ synchronous_standby_names: "standby" });
    await primary.sql("select pg_reload_conf()");
    await waitFor(async () => (await primary.sql("select sync_state from pg_stat_replication")) === "sync", "a synchronous standby");
    const database = primary.url(name).replace(/@([^/]+)/, `@$1,127.0.0.1:${standby.port}`);
    const platforms = await Promise.all(
      [1, 2, 3].map(async () => new PlatformProcess(await freePort(), { database, isOftenSealed: true })),
    );
    await Promise.all(platforms.map((platform) => platform.start()));
    const balancer = await Balancer.start(platforms.map(({ port }) => port));
    try {
      const points = 10_000;
      const run = newRun("promoted");
      const agent = await AgentProcess.start();
      const client = await agent.client();
      await attach(client, run, balancer.url);
      const writer = startWriter("journals", run.run, points, 2, 10);
      const steps = async (platform: PlatformProcess): Promise<number> => (await stepsOf(platform, run.instance))[0]?.length ?? 0;
      await waitFor(async () => (await steps(platforms[0]!).catch(() => 0)) > 1000, "the run to be under way");
      await primary.kill();
      const killedMs = Date.now();
      await pause(500);
      await standby.promote();
      // It waits for a standby of its own no more.
      await waitFor(async () => (await steps(platforms[1]!).catch(() => 0)) > 0, "an answer of the promoted standby");
      const before = await steps(platforms[1]!);
      await waitFor(async () => (await steps(platforms[1]!)) > before, "further points");
      console.log(`points come again ${Date.now() - killedMs} ms after the kill of the primary`);
      await writer.written;
      expect(await client.call("finish", { run: run.run, timeoutMs: 60_000 })).toMatchObject({ isComplete: true });
      const expected = Array.from({ length: points }, (_, step) => step);
      for (const platform of platforms) expect(await stepsOf(platform, run.instance)).toEqual([expected, expected]);
      await writer.end();
    } finally {
      balancer.stop();
      await Promise.all(platforms.map((platform) => platform.stop("SIGKILL")));
      await standby.remove();
      await primary.remove();
    }
  },
);
