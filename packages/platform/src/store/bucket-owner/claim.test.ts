import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { FaultyProxy } from "../../../../../tests/processes/faulty-proxy.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../../../../../tests/processes/seaweed.js";
import { Blobs } from "../../blobs/blobs.js";
import { type BeatKeep, BucketClaim } from "./claim.js";
import { claimBucket, type OwnedObjects } from "./owner.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** As a data folder keeps them. */
function keptHere(): BeatKeep {
  let kept = "";
  return {
    read: async () => kept,
    replace: async (_before, after) => {
      kept = after;
      return true;
    },
  };
}

test.skipIf(!HAS_SEAWEED)(
  "a bucket that may no longer be written to, as with keys that were made read-only, is told once within a minute, and again once it may",
  async () => {
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("ava");
    const proxy = await FaultyProxy.start(seaweed.endpoint);
    onTestFinished(() => proxy.stop());
    const blobs = await Blobs.open({ spec: `s3://ava/files?endpoint=${proxy.endpoint}`, ...SEAWEED_ACCOUNT }, () => undefined);
    onTestFinished(() => blobs.close());
    const told: string[] = [];
    const claim = new BucketClaim(blobs, keptHere(), () => claimBucket(blobs, "data folder one", async () => undefined));
    await claim.hold();
    claim.watch((message) => told.push(message));
    onTestFinished(() => claim.close());

    proxy.fault = { status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" };
    for (const failures of [1, 2, 3]) {
      vi.advanceTimersByTime(61_000);
      await expect.poll(() => claim.failures).toBe(failures);
    }
    expect(told).toEqual([
      expect.stringMatching(
        /^The bucket of --blobs .* cannot be written to; .*AccessDenied.* Let its keys get, put, list and delete objects\./,
      ),
    ]);
    await expect(claim.hold()).rejects.toMatchObject({ code: "store_failed" });

    proxy.fault = "none";
    vi.advanceTimersByTime(61_000);
    await expect.poll(() => told.length).toBe(2);
    expect(told[1]).toMatch(/can be written to again\.$/);
    expect(claim.failures).toBe(0);
    await claim.hold();

    for (const [body, code, form] of [
      ["<Error><Code>QuotaExceeded</Code><Message>Full.</Message></Error>", "store_full", /raise the quota/],
      ["<Error><Code>RequestTimeTooSkewed</Code><Message>Late.</Message></Error>", "store_failed", /clocks .* too far apart/],
      ["<Error><Code>InvalidRequest</Code><Message>Object is WORM protected</Message></Error>", "store_failed", /without object lock/],
    ] as const) {
      proxy.fault = { status: 403, body };
      await expect(blobs.delete("a")).rejects.toMatchObject({ code, message: expect.stringMatching(form) });
    }
  },
);

test("replicas that start together once the object `owner` was removed all get the prefix, also one that looks while another takes it", async () => {
  const stored = new Map([["owner-beat", Buffer.from("of a later time")]]);
  let beatIsRead = (): void => undefined;
  const isReadByOther = new Promise<void>((resolve) => (beatIsRead = resolve));
  const objects: OwnedObjects = {
    spec: "s3:bucket/ava/",
    get: async (key) => stored.get(key),
    put: async (key, bytes, isNew) => {
      if (isNew && stored.has(key)) return false;
      if (key === "owner-beat") await isReadByOther;
      stored.set(key, Buffer.from(bytes));
      return true;
    },
  };
  const beats = keptHere();
  const claimOf = (seen: OwnedObjects) => new BucketClaim(seen, beats, () => claimBucket(seen, "database one", async () => undefined));
  const first = claimOf(objects).hold();
  await expect.poll(() => stored.has("owner")).toBe(true);
  const late = async (key: string): Promise<Uint8Array | undefined> => {
    const found = stored.get(key);
    if (key === "owner-beat") beatIsRead();
    return found;
  };
  await claimOf({ ...objects, get: late }).hold();
  await first;
});
