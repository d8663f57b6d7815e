import { describe, expect, test } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { startReplicas } from "../processes/replicas.js";
import { randomOf, seedOfTest } from "../random.js";
import { killReplicas, stepsOf } from "./replica-kills.js";

describe.skipIf(POSTGRES_BIN === undefined)("replicas behind a balancer", () => {
  test(
    "killed at random, with their database, they lose nothing and double nothing of what trainings ship",
    () => killReplicas({ kills: 6, points: 4000, random: randomOf(seedOfTest()) }),
    180_000,
  );

  test("restarted one after the other under load, they show the shipper no trouble", async () => {
    const points = 5000;
    const replicas = await startReplicas();
    try {
      const run = newRun("rolled");
      const agent = await AgentProcess.start();
      const client = await agent.client();
      await attach(client, run, replicas.balancer.url);
      const writer = startWriter("journals", run.run, points, 2, 5);
      for (const platform of replicas.platforms) {
        await platform.stop("SIGTERM");
        await platform.start();
      }
      await writer.written;
      expect(await client.call("finish", { run: run.run, timeoutMs: 60_000 })).toMatchObject({ isComplete: true });
      expect(client.events("trouble")).toEqual([]);
      const expected = Array.from({ length: points }, (_, step) => step);
      expect(await stepsOf(replicas.platforms[0]!, run.instance)).toEqual([expected, expected]);
      await writer.end();
    } finally {
      await replicas.stop();
    }
  });
});
