import { randomFillSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { openStorage, type Storage, type StoredObject } from "ava-sdk/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureSwift, SWIFT_ACCOUNT, SwiftProcess } from "../processes/swift.js";

const missing = ensureSwift();
if (missing !== undefined) console.error(`\n!!! THE TESTS OF s3: DO NOT RUN: Swift is missing, ${missing} !!!\n`);

describe.skipIf(missing !== undefined)("s3: against OpenStack Swift", () => {
  const [accessKeyId, secretAccessKey] = [SWIFT_ACCOUNT.accessKey, SWIFT_ACCOUNT.secretKey];
  let folder: string;
  let swift: SwiftProcess;
  let client: S3Client;
  let storage: Storage;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "ava-s3-"));
    swift = await SwiftProcess.start();
    const credentials = { accessKeyId, secretAccessKey };
    client = new S3Client({ endpoint: swift.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "train" }));
    storage = await openStorage({ spec: `s3:train/runs?endpoint=${swift.endpoint}`, ...SWIFT_ACCOUNT });
  });
  afterAll(async () => {
    storage?.close();
    client?.destroy();
    await swift?.stop();
    rmSync(folder, { recursive: true });
  });

  function fileOf(bytes: number): { file: string; content: Buffer } {
    const content = randomFillSync(Buffer.alloc(bytes));
    const file = path.join(folder, "source");
    writeFileSync(file, content);
    return { file, content };
  }

  async function listed(prefix: string): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    for await (const object of storage.list(prefix)) objects.push(object);
    return objects;
  }

  async function openUploads(): Promise<number> {
    return ((await client.send(new ListMultipartUploadsCommand({ Bucket: "train" }))).Uploads ?? []).length;
  }

  it.each([
    ["nothing", 0],
    ["a small file", 100_000],
    ["a file in parts", 20 * 1024 * 1024 + 5],
  ])("stores %s, fetches it back, lists and deletes it", async (name, bytes) => {
    const { file, content } = fileOf(bytes);
    const key = `${name}/ü 1+2.bin`;
    const { url, ...facts } = await storage.put(file, key);
    expect(url).toBe(`s3://train/runs/${key}`);
    expect(facts).toMatchObject({ key, bytes });
    expect(await storage.stat(key)).toEqual(facts);
    expect((await listed(name)).map((object) => object.key)).toEqual([key]);
    const back = path.join(folder, "back/file");
    expect(await storage.get(key, back)).toEqual(facts);
    expect(readFileSync(back).equals(content)).toBe(true);
    expect(await storage.delete(key)).toBe(true);
    expect(await storage.delete(key)).toBe(false);
    expect(await storage.stat(key)).toBeUndefined();
    await expect(storage.get(key, back)).rejects.toMatchObject({ code: "OBJECT_MISSING" });
  });

  it("leaves no open upload behind when the file is truncated meanwhile", async () => {
    const { file } = fileOf(40 * 1024 * 1024);
    const put = storage.put(file, "changed", { onProgress: () => truncateSync(file, 1000) });
    await expect(put).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect(await storage.stat("changed")).toBeUndefined();
    expect(await openUploads()).toBe(0);
  });

  it("stops when it is told to", async () => {
    const { file } = fileOf(40 * 1024 * 1024);
    const stop = new AbortController();
    const put = storage.put(file, "stopped", { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(put).rejects.toMatchObject({ code: "ABORTED" });
    expect(await openUploads()).toBe(0);
  });

  it("tells of wrong keys without showing them", async () => {
    const wrong = await openStorage({ spec: `s3:train?endpoint=${swift.endpoint}`, accessKey: accessKeyId, secretKey: "a-wrong-secret" });
    const error: unknown = await wrong.put(fileOf(10).file, "key").catch((failure: unknown) => failure);
    wrong.close();
    expect(error).toMatchObject({ code: "HTTP_STATUS", status: 403, message: expect.not.stringMatching(/a-wrong-secret|Signature=/) });
  });
});
