import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzipMembers } from "./gzip-members.js";

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

test.each([0, 1, 4_194_303, 4_194_304, 4_194_305, 13_000_000])("%i bytes come back, whatever their pieces", async (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * i) % 251);
  const members: Uint8Array[] = [];
  for await (const member of gzipMembers(pieces(bytes, 70_001), 1, 3)) members.push(member);
  expect(members.length).toBe(Math.max(1, Math.ceil(length / 4_194_304)));
  expect(gunzipSync(Buffer.concat(members)).equals(bytes)).toBe(true);
});

test("a source that fails ends it with that error", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* pieces(new Uint8Array(5_000_000), 1_000_000);
    throw new Error("disk gone");
  }
  const read = async () => {
    for await (const member of gzipMembers(failing(), 1)) expect(member.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow("disk gone");
});
