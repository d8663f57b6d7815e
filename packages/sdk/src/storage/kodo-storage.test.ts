import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage } from "./open-storage.js";
import type { Storage } from "./storage.js";
import type { StoredObject, TransferProgress } from "./transfer/stored-object.js";

const ACCOUNT = { accessKey: "test-access-key", secretKey: "test-secret-key" };

let folder: string;
let emulator: KodoEmulator;
let storage: Storage;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ava-kodo-storage-"));
  emulator = await startEmulator({ data: join(folder, "data"), ...ACCOUNT, buckets: ["train"] });
  storage = await openStorage({ spec: `kodo:train?endpoint=http://${emulator.host}`, ...ACCOUNT, uid: "42" });
});
afterEach(async () => {
  storage.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function fileOf(content: string | Uint8Array): string {
  const file = join(folder, "source");
  writeFileSync(file, content);
  return file;
}

async function listed(prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of storage.list(prefix)) objects.push(object);
  return objects;
}

test("what is stored comes back, is listed, and can be deleted", async () => {
  const key = "ava/models/id-snapshot-model:epoch_3/a?b#ü 1.tar.gz";
  const { url, ...facts } = await storage.put(fileOf("weights"), key);
  expect(url).toBe("qiniu://42@z0/train/ava/models/id-snapshot-model:epoch_3/a%3Fb%23ü 1.tar.gz");
  expect(await storage.stat(key)).toEqual(facts);
  expect(await listed("ava/")).toEqual([facts]);
  expect(await listed("other/")).toEqual([]);
  const back = join(folder, "new/back");
  const events: TransferProgress[] = [];
  expect(await storage.get(key, back, { onProgress: (event) => events.push(event) })).toEqual(facts);
  expect(readFileSync(back, "utf8")).toBe("weights");
  expect(events.at(-1)).toMatchObject({ bytes: 7, totalBytes: 7 });
  expect(await storage.delete(key)).toBe(true);
  expect(await storage.delete(key)).toBe(false);
  expect(await storage.stat(key)).toBeUndefined();
  await expect(storage.get(key, back)).rejects.toMatchObject({ code: "OBJECT_MISSING" });
});

test("a list goes on over pages", async () => {
  const file = fileOf("x");
  for (let index = 0; index < 1001; index += 1) await storage.put(file, `k/${String(index).padStart(4, "0")}`);
  const keys = (await listed("k/")).map(({ key }) => key);
  expect(keys).toHaveLength(1001);
  expect(keys).toEqual(keys.toSorted());
});

test.each([
  ["kodo:", "STORAGE_INVALID"],
  ["kodo:train/prefix", "STORAGE_INVALID"],
  ["kodo:train?endpoint=user:secret@host", "STORAGE_INVALID"],
  ["kodo:train?endpoint=http://user:secret@host", "STORAGE_INVALID"],
  ["s3:", "STORAGE_INVALID"],
  ["s3:train?endpont=http://secret:81", "STORAGE_INVALID"],
  ["s3:train?endpoint=http://s3.test:81&style=pth", "STORAGE_INVALID"],
])("the spec %s is refused, and not repeated", async (spec, code) => {
  const error = await openStorage({ spec, ...ACCOUNT }).catch((failure: Error) => failure);
  expect(error).toMatchObject({ code, message: expect.not.stringContaining("secret") });
});

test("Kodo without keys is refused", async () => {
  await expect(openStorage({ spec: "kodo:train" })).rejects.toMatchObject({ code: "CREDENTIALS_MISSING" });
});
