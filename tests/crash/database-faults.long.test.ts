import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN, UNPRIVILEGED } from "../processes/postgres-programs.js";

const TYPE = { "content-type": "application/x-ava-records" };

/** @returns a platform on a server, both ended with the test */
async function platformOn(server: PostgresProcess): Promise<PlatformProcess> {
  const platform = new PlatformProcess(await freePort(), { database: server.url(await server.database()) });
  await platform.start();
  onTestFinished(() => platform.stop("SIGKILL"));
  return platform;
}

/** @param steps - so many points, with a megabyte of output @returns a body */
function largeBody(writer: BatchWriter, firstStep: number, steps: number): Buffer {
  for (let step = firstStep; step < firstStep + steps; step++) writer.log({ loss: step }, step);
  return writer.print("x".repeat(1_000_000)).body();
}

const send = (platform: PlatformProcess, body: Buffer): Promise<Response> =>
  fetch(`${platform.url}/v1/instances/run/records`, { method: "POST", headers: TYPE, body: new Uint8Array(body) });

const stepsOf = async (platform: PlatformProcess): Promise<number[]> => (await platform.pointsOf("run")).map(({ step }) => step);

test.skipIf(POSTGRES_BIN === undefined || UNPRIVILEGED.length === 0)(
  "a database whose disk is full is told with 507 or 503; what was acknowledged is there, and it goes on once there is room",
  async () => {
    let ballast = "";
    const settings = { max_wal_size: "32MB", min_wal_size: "32MB", checkpoint_timeout: "30s" };
    const mountSmallDisk = (folder: string): void => {
      const data = path.join(folder, "data");
      mkdirSync(data);
      const [, uid] = /^(\d+)/.exec(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" })) ?? [];
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=140m,mode=0700,uid=${uid}`, "tmpfs", data]);
      ballast = path.join(data, "ballast");
    };
    // PostgreSQL ends (PANIC) when it cannot write its log of writes, and ends again until there is room.
    const server = await PostgresProcess.start(settings, mountSmallDisk, true);
    onTestFinished(async () => {
      await server.stop();
      execFileSync("umount", [server.dataDir]);
      await server.remove();
    });
    writeFileSync(ballast, Buffer.alloc(30_000_000));
    const platform = await platformOn(server);
    const writer = new BatchWriter("writer-of-run");
    const statuses = new Set<number>();
    let acknowledged = 0;
    let pending = largeBody(writer, 0, 10);
    const sendPending = async (): Promise<boolean> => {
      const { status } = await send(platform, pending);
      statuses.add(status);
      if (status !== 200) return false;
      acknowledged += 10;
      pending = largeBody(writer, acknowledged, 10);
      return true;
    };
    while (await sendPending()) expect(acknowledged).toBeLessThan(2000);
    for (let tries = 0; tries < 5; tries++) await sendPending();
    const asked = Array.from({ length: acknowledged }, (_, step) => step);
    rmSync(ballast);
    await waitFor(sendPending, "a body to be taken again", 180_000);
    expect((await stepsOf(platform)).slice(0, asked.length)).toEqual(asked);
    expect(await stepsOf(platform)).toHaveLength(acknowledged);
    const ends = server.log.split("starting PostgreSQL").length - 2;
    console.log(`full after ${asked.length / 10} MB: ${[...statuses].join(", ")}; PostgreSQL was started again ${ends} times`);
    expect([...statuses].filter((status) => ![200, 503, 507].includes(status))).toEqual([]);
  },
);

test.skipIf(POSTGRES_BIN === undefined)("a database that hangs is told with 503, and what waited is taken once", async () => {
  const server = await PostgresProcess.start();
  onTestFinished(() => server.remove());
  const platform = await platformOn(server);
  const writer = new BatchWriter("writer-of-run");
  expect((await send(platform, writer.log({ loss: 0 }, 0).body())).status).toBe(200);
  server.signal("SIGSTOP");
  const body = writer.log({ loss: 1 }, 1).body();
  const answer = await send(platform, body);
  server.signal("SIGCONT");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  await waitFor(async () => (await send(platform, body)).status === 200, "the body to be taken");
  expect(await stepsOf(platform)).toEqual([0, 1]);
});
