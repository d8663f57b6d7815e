import { expect, onTestFinished, test } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { type Fault, FaultyProxy } from "../processes/faulty-proxy.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { startReplicas } from "../processes/replicas.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../processes/seaweed.js";
import { randomOf, seedOfTest } from "../random.js";
import { pause, startAgain, stepsOf } from "./replica-kills.js";

const FAULTS: readonly Fault[] = ["none", "hangs", "cuts", { status: 500 }, { status: 503 }];

test.skipIf(POSTGRES_BIN === undefined || !HAS_SEAWEED)(
  "while the bucket answers 500, hangs or cuts its answers, and replicas are killed, trainings ship on; nothing is lost or doubled",
  async () => {
    const random = randomOf(seedOfTest());
    const points = 6000;
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("segments");
    const proxy = await FaultyProxy.start(seaweed.endpoint);
    onTestFinished(() => proxy.stop());
    const blobs = `s3://segments/ava?endpoint=${proxy.endpoint}`;
    const replicas = await startReplicas({ isOftenSealed: true, blobs, blobKeys: SEAWEED_ACCOUNT });
    onTestFinished(() => replicas.stop());
    const runs = ["one", "two"].map((name) => newRun(`blobs-${name}`));
    const agent = await AgentProcess.start();
    const client = await agent.client();
    for (const run of runs) await attach(client, run, replicas.balancer.url);
    const writers = runs.map(({ run }) => startWriter("journals", run, points, 2, 2));
    for (let round = 0; round < 15; round++) {
      proxy.fault = random.pick(FAULTS);
      await pause(random.below(3000));
      if (round % 3 !== 2) continue;
      const platform = random.pick(replicas.platforms);
      await platform.stop("SIGKILL");
      await startAgain(platform);
    }
    await Promise.all(writers.map(({ written }) => written));
    for (const { run } of runs) expect(await client.call("finish", { run, timeoutMs: 120_000 })).toMatchObject({ isComplete: true });
    proxy.fault = "none";
    // Where the bucket hardly ever answered, none is sealed yet.
    const objects = () => replicas.server.sql("select count(*) from ava.segments where bytes is null", replicas.database);
    await expect.poll(objects, { timeout: 120_000 }).not.toBe("0");
    const expected = Array.from({ length: points }, (_, step) => step);
    for (const { instance } of runs) {
      for (const platform of replicas.platforms) expect(await stepsOf(platform, instance)).toEqual([expected, expected]);
    }
    await Promise.all(writers.map((writer) => writer.end()));
  },
);
