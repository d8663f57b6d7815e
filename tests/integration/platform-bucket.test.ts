import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { freePort, type PlatformAccess, PlatformProcess } from "../processes/platform.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SEAWEED_READER, SeaweedProcess } from "../processes/seaweed.js";

const [PROGRAM, BIN] = platformCommand("") as [string, string];
const { accessKey: AWS_ACCESS_KEY_ID, secretKey: AWS_SECRET_ACCESS_KEY } = SEAWEED_ACCOUNT;

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return runWith({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }, ...args);
}

function runWith(keys: Record<string, string>, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(PROGRAM, [BIN, ...args], { encoding: "utf8", timeout: 60_000, env: { ...process.env, ...keys } });
}

/** @returns an empty bucket's address, and a server for databases; both end with the test */
async function startServers(): Promise<{ blobs: string; server: PostgresProcess }> {
  const seaweed = await SeaweedProcess.start();
  onTestFinished(() => seaweed.remove());
  await seaweed.makeBucket("ava");
  const server = await PostgresProcess.start();
  onTestFinished(() => server.remove());
  return { blobs: `s3://ava/files?endpoint=${seaweed.endpoint}`, server };
}

test.skipIf(POSTGRES_BIN === undefined || !HAS_SEAWEED)(
  "a database whose segments are in a bucket is neither served, migrated nor checked without it, and its copy is not served with it",
  async () => {
    const { blobs, server } = await startServers();
    const name = await server.database();
    const database = server.url(name);
    const platform = new PlatformProcess(await freePort(), { database, blobs, blobKeys: SEAWEED_ACCOUNT, isOftenSealed: true });
    onTestFinished(() => platform.stop("SIGKILL"));
    await platform.start();
    const writer = new BatchWriter("writer-one");
    for (let step = 0; step < 20_000; step++) writer.log({ loss: Math.sin(step) }, step);
    const headers = { "content-type": "application/x-ava-records" };
    const body = new Uint8Array(writer.body());
    expect((await fetch(`${platform.url}/v1/instances/one/records`, { method: "POST", headers, body })).status).toBe(200);
    await expect.poll(() => server.sql("SELECT count(*) FROM ava.segments WHERE bytes IS NULL", name), { timeout: 30_000 }).toBe("1");
    await platform.stop();

    const folder = mkdtempSync(join(tmpdir(), "ava-bucket-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const asked = { status: 2, stdout: "", stderr: "ava-platform: Segments of this database (1) lie in a bucket. Name it with --blobs.\n" };
    expect(run("serve", "--port", "0", "--data", folder, "--database", database)).toMatchObject(asked);
    expect(run("migrate", "--from", database, "--to", join(folder, "back"))).toMatchObject(asked);
    expect(run("check", "--database", database)).toMatchObject(asked);

    const copy = server.url(await server.database(name));
    expect(run("check", "--database", copy, "--blobs", blobs)).toMatchObject({ status: 0, stderr: "" });
    expect(run("migrate", "--from", copy, "--to", join(folder, "back"), "--blobs", blobs)).toMatchObject({ status: 0 });
    const refused = run("serve", "--port", "0", "--database", copy, "--blobs", blobs);
    expect(refused).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("aws s3 sync s3://ava/files s3://ava/files-copy "),
    });
    await platform.start();
  },
  240_000,
);

test.skipIf(POSTGRES_BIN === undefined || !HAS_SEAWEED)(
  "platforms that get the same prefix on their first day are told: each removed the files of the other's runs",
  async () => {
    const { blobs, server } = await startServers();
    const folder = mkdtempSync(join(tmpdir(), "ava-bucket-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const started = async (access: PlatformAccess): Promise<PlatformProcess> => {
      const platform = new PlatformProcess(await freePort(), { blobKeys: SEAWEED_ACCOUNT, ...access });
      onTestFinished(() => platform.stop("SIGKILL"));
      await platform.start();
      return platform;
    };
    const refused = { status: 2, stdout: "", stderr: expect.stringContaining("give it a prefix of its own: --blobs on s3://ava/files-2.") };

    const first = await started({ blobs });
    expect(run("serve", "--port", "0", "--data", join(folder, "other"), "--blobs", blobs)).toMatchObject(refused);
    const database = server.url(await server.database());
    expect(run("serve", "--port", "0", "--database", database, "--blobs", blobs)).toMatchObject(refused);
    expect(run("backup", "--data", first.dataDir, "--to", join(folder, "backup"))).toMatchObject({ status: 0 });
    expect(run("restore", "--from", join(folder, "backup"), "--data", join(folder, "restored"))).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, "restored", "bucket-owner"))).toEqual(readFileSync(join(first.dataDir, "bucket-owner")));
    await first.stop();
    cpSync(first.dataDir, join(folder, "copy"), { recursive: true });
    await first.start();
    for (const copy of ["copy", "restored"]) {
      const stderr = expect.stringMatching(
        /A platform on a copy of this one's .* If the other is gone for good: aws s3 rm s3:\/\/ava\/files\/owner /,
      );
      expect(run("serve", "--port", "0", "--data", join(folder, copy), "--blobs", blobs)).toMatchObject({ status: 2, stdout: "", stderr });
    }

    const replica = await started({ blobs: blobs.replace("files", "replicas"), database });
    expect(run("serve", "--port", "0", "--database", database, "--blobs", blobs.replace("files", "elsewhere"))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("This database keeps its objects in s3://ava/replicas, and --blobs names s3://ava/elsewhere. "),
    });
    await replica.stop();
    await replica.start();
  },
  240_000,
);

test.skipIf(!HAS_SEAWEED)(
  "keys that may only read the bucket are told at the start: it started, and kept no file",
  async () => {
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("ava");
    const folder = mkdtempSync(join(tmpdir(), "ava-bucket-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const keys = { AWS_ACCESS_KEY_ID: SEAWEED_READER.accessKey, AWS_SECRET_ACCESS_KEY: SEAWEED_READER.secretKey };
    const blobs = `s3://ava/files?endpoint=${seaweed.endpoint}`;
    expect(runWith(keys, "serve", "--port", "0", "--data", join(folder, "data"), "--blobs", blobs)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/403 \(AccessDenied.* Let its keys get, put, list and delete objects\.\n$/),
    });
  },
  120_000,
);

test.skipIf(!HAS_SEAWEED)(
  "a platform whose own disk is full starts with its bucket, and keeps files of runs in it: it ended at the start",
  async () => {
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("ava");
    const data = mkdtempSync(join(tmpdir(), "ava-bucket-"));
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    const blobs = ["--blobs", `s3://ava/files?endpoint=${seaweed.endpoint}`];
    const keys = ["env", `AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}`, `AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}`];
    const command = [...keys, ...platformCommand(data), ...blobs];
    const put = async (url: string, path: string, body: string): Promise<number> => {
      const headers = { "content-type": path.includes("/files") ? "application/octet-stream" : "application/json" };
      return (await fetch(`${url}/v1/instances/one${path}`, { method: "PUT", headers, body })).status;
    };
    const before = await startPlatformProcess(command);
    onTestFinished(() => void before.end("SIGKILL"));
    expect(await put(before.url, "", '{"training":"t"}')).toBe(200);
    await before.end("SIGTERM");
    // As a full disk: no byte can be written to a file.
    const full = await startPlatformProcess(["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh", ...command]);
    onTestFinished(() => void full.end("SIGKILL"));
    expect(full.errors()).toMatch(/^The disk of .* is full: what is stored is served, changes are refused .*\n$/);
    expect(await put(full.url, "/files/model.bin", "weights")).toBe(200);
  },
  120_000,
);
