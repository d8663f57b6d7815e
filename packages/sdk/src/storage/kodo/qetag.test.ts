import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES } from "ava-kodo";
import { afterAll, expect, test } from "vitest";
import { qetag } from "./qetag.js";

const folder = mkdtempSync(join(tmpdir(), "ava-qetag-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES])("a file of %i bytes has the hash of its bytes", async (bytes) => {
  const content = Buffer.alloc(bytes, "content of a file");
  const path = join(folder, "content");
  writeFileSync(path, content);
  expect(await qetag(path)).toBe(await qetag(content));
});

test("a file that is not there is told", async () => {
  await expect(qetag(join(folder, "missing"))).rejects.toMatchObject({ code: "ENOENT" });
});
