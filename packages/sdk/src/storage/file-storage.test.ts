import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { FileStorage } from "./file-storage.js";
import { openStorage } from "./open-storage.js";

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), "ava-storage-"));
}

test("what is stored comes back, is listed in order, and can be deleted", async () => {
  const root = folder();
  const storage = await openStorage({ spec: `file:${root}` });
  const file = path.join(root, "..", path.basename(folder()), "model");
  writeFileSync(file, "weights");
  const progress: number[] = [];
  const stored = await storage.put(file, "a/b/model", { onProgress: ({ bytes }) => progress.push(bytes) });
  expect(stored).toMatchObject({ key: "a/b/model", bytes: 7, url: `file://${root}/a/b/model` });
  expect(progress).toEqual([7]);
  await storage.put(file, "a/a");
  const listed: string[] = [];
  for await (const { key } of storage.list("a/")) listed.push(key);
  expect(listed).toEqual(["a/a", "a/b/model"]);
  const { url: _, ...facts } = stored;
  expect(await storage.stat("a/b/model")).toEqual(facts);
  const back = path.join(folder(), "new/back");
  expect(await storage.get("a/b/model", back)).toEqual(facts);
  expect(readFileSync(back, "utf8")).toBe("weights");
  expect(await storage.delete("a/b/model")).toBe(true);
  expect(await storage.delete("a/b/model")).toBe(false);
  expect(await storage.stat("a/b/model")).toBeUndefined();
});

test.each(["../x", "a/../../x", ".", ""])("key %j does not leave the folder", async (key) => {
  await expect(new FileStorage(folder()).stat(key)).rejects.toMatchObject({ code: "KEY_INVALID" });
});

test("a copy that is aborted leaves nothing under the name", async () => {
  const root = folder();
  const file = path.join(folder(), "model");
  writeFileSync(file, Buffer.alloc(1_000_000));
  const abort = new AbortController();
  const put = new FileStorage(root).put(file, "k/model", { signal: abort.signal, onProgress: () => abort.abort() });
  await expect(put).rejects.toMatchObject({ code: "ABORTED" });
  expect(readdirSync(path.join(root, "k"))).toEqual([]);
});

test("an object that is not there is named", async () => {
  await expect(new FileStorage(folder()).get("none", "/tmp/never")).rejects.toMatchObject({ code: "OBJECT_MISSING" });
});

test("a spec of no known kind is refused", async () => {
  await expect(openStorage({ spec: "ftp:x" })).rejects.toMatchObject({ code: "STORAGE_INVALID" });
});
