import { randomFillSync } from "node:crypto";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultyProxy } from "../../../../tests/processes/faulty-proxy.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../../../../tests/processes/seaweed.js";
import { Blobs } from "../blobs/blobs.js";
import { testFolder } from "../testing/folder.js";
import { BlobFiles } from "./blob-files.js";
import { FolderFiles } from "./folder-files.js";
import type { RunFiles } from "./run-files.js";

let seaweed: SeaweedProcess | undefined;
let buckets = 0;
beforeAll(async () => {
  if (HAS_SEAWEED) seaweed = await SeaweedProcess.start();
}, 90_000);
afterAll(() => seaweed?.remove());

async function openBlobs(endpoint: string, idleMs = 10_000): Promise<Blobs> {
  const bucket = `runs-${++buckets}`;
  const limits = { connectMs: 5000, idleMs, totalMs: 60_000 };
  const warnings: string[] = [];
  // This store makes a bucket with the first object in it.
  const at = (spec: string): Promise<Blobs> => Blobs.open({ spec, limits, ...SEAWEED_ACCOUNT }, (message) => warnings.push(message));
  await expect(at(`s3://${bucket}?endpoint=${endpoint}`)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(bucket),
  });
  await fetchBucket(endpoint, bucket);
  return at(`s3://${bucket}/ava?endpoint=${endpoint}`);
}

async function fetchBucket(endpoint: string, bucket: string): Promise<void> {
  const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = SEAWEED_ACCOUNT;
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

async function* inPieces(content: Uint8Array, pieceBytes = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

async function* cutOff(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
  throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}

async function contentOf(files: RunFiles, id: string, path: string, range?: { start: number; end: number }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await files.read(id, path, range)) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

const DRIVERS: [string, () => Promise<RunFiles>][] = [["folder", async () => new FolderFiles(join(testFolder(), "files"))]];
if (HAS_SEAWEED) DRIVERS.push(["bucket", async () => new BlobFiles(await openBlobs(seaweed!.endpoint))]);

describe.each(DRIVERS)("files of runs in a %s", (_name, open) => {
  test("are kept whole, given out by ranges, and replaced by one of the same path", async () => {
    const files = await open();
    for (const bytes of [0, 5, 100_000, 20 * 1024 * 1024 + 3]) {
      const content = randomFillSync(Buffer.alloc(bytes));
      expect(await files.put("run/1", "a b/ü+%2F#?.bin", inPieces(content))).toEqual({ bytes });
      expect(await files.size("run/1", "a b/ü+%2F#?.bin")).toBe(bytes);
      expect((await contentOf(files, "run/1", "a b/ü+%2F#?.bin")).equals(content)).toBe(true);
      if (bytes === 0) continue;
      const range = { start: bytes - 4, end: bytes - 2 };
      expect(await contentOf(files, "run/1", "a b/ü+%2F#?.bin", range)).toEqual(content.subarray(range.start, range.end + 1));
    }
    expect(await files.size("run/1", "a b")).toBeUndefined();
    expect(await files.size("run/1", "none")).toBeUndefined();
  });

  test("are listed by folder and all together, and removed by file, folder and run", async () => {
    const files = await open();
    for (const path of ["top.txt", "plots/one.png", "plots/deep/two.png", "plots-old/x"])
      await files.put("one", path, inPieces(Buffer.from(path)));
    await files.put("two", "other", inPieces(Buffer.from("other")));
    expect(await files.list("one", "")).toEqual([
      { name: "plots", isFolder: true, bytes: 0 },
      { name: "plots-old", isFolder: true, bytes: 0 },
      { name: "top.txt", isFolder: false, bytes: 7 },
    ]);
    expect(await files.list("one", "plots")).toEqual([
      { name: "deep", isFolder: true, bytes: 0 },
      { name: "one.png", isFolder: false, bytes: 13 },
    ]);
    expect(await files.list("one", "top.txt")).toEqual([]);
    expect((await files.all("one", 100)).map(({ path }) => path).sort()).toEqual([
      "plots-old/x",
      "plots/deep/two.png",
      "plots/one.png",
      "top.txt",
    ]);
    expect(await files.all("one", 2)).toHaveLength(2);
    expect((await files.instances()).sort()).toEqual(["one", "two"]);
    await files.remove("one", "plots");
    await files.remove("one", "none");
    expect((await files.all("one", 100)).map(({ path }) => path).sort()).toEqual(["plots-old/x", "top.txt"]);
    await files.remove("one", "");
    expect(await files.all("one", 100)).toEqual([]);
    expect((await files.all("two", 100)).map(({ path }) => path)).toEqual(["other"]);
  });

  test("that do not arrive whole leave what was there, and say so", async () => {
    const files = await open();
    await files.put("one", "a", inPieces(Buffer.from("first")));
    for (const bytes of [10, 9 * 1024 * 1024]) {
      await expect(files.put("one", "a", cutOff(Buffer.alloc(bytes)))).rejects.toMatchObject({ code: "bad_request" });
      await expect(files.put("one", "b", cutOff(Buffer.alloc(bytes)))).rejects.toMatchObject({ code: "bad_request" });
    }
    expect(String(await contentOf(files, "one", "a"))).toBe("first");
    expect((await files.all("one", 100)).map(({ path }) => path)).toEqual(["a"]);
  });
});

test("half a file of a platform that was killed goes, and one that is being written stays", async () => {
  const folder = join(testFolder(), "files");
  const files = new FolderFiles(folder);
  await files.put("one", "a", inPieces(Buffer.from("a")));
  for (const name of ["old", "new"]) writeFileSync(join(folder, "one", `.part-${name}`), "half");
  utimesSync(join(folder, "one", ".part-old"), 1, 1);
  await files.removeParts("one", Date.now() - 1000);
  await files.removeParts("none", Date.now());
  expect(readdirSync(join(folder, "one")).sort()).toEqual([".part-new", "a"]);
});

describe.skipIf(!HAS_SEAWEED)("a bucket in trouble", () => {
  async function troubled(idleMs?: number): Promise<{ files: RunFiles; proxy: FaultyProxy }> {
    const proxy = await FaultyProxy.start(seaweed!.endpoint);
    const files = new BlobFiles(await openBlobs(proxy.endpoint, idleMs));
    await files.put("one", "kept", inPieces(Buffer.alloc(500_000, "kept ")));
    return { files, proxy };
  }

  test.each([
    [
      "answers 500",
      { status: 500 },
      { code: "store_failed", retryAfterSeconds: 5, message: expect.stringMatching(/answered 500.*Send it again later/) },
    ],
    ["asks to slow down", { status: 503 }, { code: "store_failed", retryAfterSeconds: 5 }],
    ["does not answer", "hangs", { code: "store_failed", message: expect.stringMatching(/no byte for/) }],
    ["has no room", { status: 507 }, { code: "store_full" }],
    [
      "is over its quota",
      { status: 403, body: "<Error><Code>QuotaExceeded</Code><Message>over</Message></Error>" },
      { code: "store_full" },
    ],
  ] as const)(
    "that %s is told with what to do, and keeps what it had",
    async (_what, fault, told) => {
      // One that does not answer is given up soon.
      const { files, proxy } = await troubled(fault === "hangs" ? 1000 : undefined);
      proxy.fault = fault;
      const puts = [10, 9 * 1024 * 1024].map((bytes) => files.put("one", "kept", inPieces(Buffer.alloc(bytes))));
      for (const put of await Promise.allSettled(puts)) expect(put).toMatchObject({ status: "rejected", reason: told });
      const reads = [files.list("one", ""), files.read("one", "kept", undefined), files.size("one", "kept")];
      for (const read of await Promise.allSettled(reads)) expect(read).toMatchObject({ reason: { name: "PlatformError" } });
      proxy.fault = "none";
      expect(String(await contentOf(files, "one", "kept"))).toBe("kept ".repeat(100_000));
      expect(await files.all("one", 10)).toEqual([{ path: "kept", bytes: 500_000 }]);
      proxy.stop();
      await expect(files.size("one", "kept")).rejects.toMatchObject({ code: "store_failed" });
    },
    60_000,
  );

  test("whose connection ends in the middle of a file does not give it out as a shorter one", async () => {
    const { files, proxy } = await troubled();
    proxy.fault = "cuts";
    await expect(contentOf(files, "one", "kept")).rejects.toThrow();
    proxy.stop();
  });

  test("does not keep a platform from starting, wrong keys do", async () => {
    const { proxy } = await troubled();
    const warnings: string[] = [];
    const spec = `s3://runs-${buckets}?endpoint=${proxy.endpoint}`;
    const wrong = Blobs.open({ spec, accessKey: SEAWEED_ACCOUNT.accessKey, secretKey: "a-wrong-one" }, () => undefined);
    await expect(wrong).rejects.toMatchObject({ code: "usage", message: expect.not.stringContaining("a-wrong-one") });
    proxy.fault = { status: 500 };
    const blobs = await Blobs.open({ spec, ...SEAWEED_ACCOUNT }, (message) => warnings.push(message));
    expect(warnings).toEqual([expect.stringMatching(/does not answer/)]);
    proxy.fault = "none";
    expect(await blobs.size("none")).toBeUndefined();
    proxy.stop();
  });
});
