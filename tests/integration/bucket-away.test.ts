import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { FaultyProxy } from "../processes/faulty-proxy.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../processes/seaweed.js";

const POINTS = 20_000;

async function send(url: string, id: string): Promise<number> {
  const writer = new BatchWriter(`writer-${id}`);
  for (let step = 0; step < POINTS; step++) writer.log({ loss: Math.sin(step) }, step);
  const headers = { "content-type": "application/x-ava-records" };
  const body = new Uint8Array(writer.print("a line\n").body());
  return (await fetch(`${url}/v1/instances/${id}/records`, { method: "POST", headers, body })).status;
}

function points(url: string, id: string): Promise<Response> {
  return fetch(`${url}/v1/instances/${id}/export?format=csv`);
}

test.skipIf(POSTGRES_BIN === undefined || !HAS_SEAWEED)(
  "a replica starts while the bucket is silent, says so, takes records and answers what the database has; the rest is 503 with Retry-After until the bucket answers",
  async () => {
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("ava");
    const proxy = await FaultyProxy.start(seaweed.endpoint);
    onTestFinished(() => proxy.stop());
    const blobs = `s3://ava/files?endpoint=${proxy.endpoint}`;
    const server = await PostgresProcess.start();
    onTestFinished(() => server.remove());
    const name = await server.database();
    const database = server.url(name);
    const before = new PlatformProcess(await freePort(), { database, blobs, blobKeys: SEAWEED_ACCOUNT, isOftenSealed: true });
    onTestFinished(() => before.stop("SIGKILL"));
    await before.start();
    expect(await send(before.url, "sealed")).toBe(200);
    const inBucket = (): Promise<string> => server.sql("SELECT count(*) FROM ava.segments WHERE bytes IS NULL", name);
    await expect.poll(inBucket, { timeout: 30_000 }).toBe("1");
    const expected = await (await points(before.url, "sealed")).text();
    await before.stop();

    proxy.fault = "hangs";
    vi.stubEnv("AWS_ACCESS_KEY_ID", SEAWEED_ACCOUNT.accessKey);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", SEAWEED_ACCOUNT.secretKey);
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = mkdtempSync(join(tmpdir(), "ava-away-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const platform = await startPlatformProcess([...platformCommand(folder), "--database", database, "--blobs", blobs]);
    onTestFinished(() => void platform.end("SIGKILL"));
    expect(platform.errors()).toMatch(
      /^The bucket of --blobs \S+ does not answer: it has said nothing for 5 seconds\. What lies in it is not served until it does\.\n$/,
    );
    const { url } = platform;
    expect(await send(url, "new")).toBe(200);
    const { series, logBytes } = (await (await fetch(`${url}/v1/instances/sealed`)).json()) as { series: object[]; logBytes: number };
    expect([series, logBytes]).toMatchObject([[{ name: "loss", count: POINTS }], 7]);
    expect(await (await points(url, "new")).text()).toBe(expected.replaceAll("sealed", "new"));

    proxy.fault = { status: 500 };
    const file = `${url}/v1/instances/sealed/files/a.txt`;
    const put = { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: "text" };
    for (const answer of [await points(url, "sealed"), await fetch(file, put), await fetch(file)]) {
      expect([answer.status, Number(answer.headers.get("retry-after"))]).toEqual([503, 5]);
      expect(await answer.json()).toMatchObject({ error: { code: "store_failed" } });
    }

    proxy.fault = "none";
    expect(await (await points(url, "sealed")).text()).toBe(expected);
    expect((await fetch(file, put)).status).toBe(200);
    expect(await (await fetch(file)).text()).toBe("text");
  },
  240_000,
);
