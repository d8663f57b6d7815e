import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../../../../tests/processes/platform.js";
import { HAS_SEAWEED } from "../../../../../../tests/processes/seaweed.js";
import type { Blobs } from "../../../blobs/blobs.js";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf } from "../../../testing/seen.js";
import { segmentBucket, segmentKeys, sendSegment, sqlOf } from "../../../testing/segment-bucket.js";
import { REMOVED_AFTER_MS } from "../../state/deleted.js";
import { checkPostgres } from "../check.js";
import { DAMAGED_MS } from "../hold/hold.js";
import { openPostgres } from "../open.js";
import type { SegmentObjects } from "./bodies.js";

const CLOCK = { now: (): number => nowMs, lostAfterMs: 60_000 };
const HOUR_MS = 3_600_000;
let nowMs = Date.parse("2026-01-01T00:00:00Z");

describe.skipIf(!hasPostgres || !HAS_SEAWEED)("segments in a bucket", () => {
  const bucket = segmentBucket(() => nowMs);

  test("chunks go to the bucket before the row that names them, and every replica reads them there; one without the bucket does not start", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    const expected = await contentOf(store, "one", CLOCK);
    const query = { instance: "one", name: "loss", axis: "step", buckets: 7 } as const;
    const window = await store.windows([query]);
    await store.seal();
    expect(await sqlOf(url, "SELECT count(*), count(bytes) FROM ava.segments")).toBe("1|0");
    expect((await segmentKeys(blobs)).length).toBe(1);
    const replica = await bucket.openStore(url, blobs);
    expect(await replica.windows([query])).toEqual(window);
    expect(await contentOf(replica, "one", CLOCK)).toEqual(expected);
    await expect(bucket.openStore(url)).rejects.toMatchObject({
      code: "usage",
      message: "Segments of this database (1) lie in a bucket. Name it with --blobs.",
    });
  });

  test("a replica with another bucket than the others does not start, nor does it write to that bucket where it did not answer; a copy of the objects will do", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await store.seal();
    const other = await bucket.openBlobs(bucket.endpoint());
    await expect(openPostgres({ url, objects: other })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /--blobs s3:segments\/test-\d+\/.* is not the one .* aws s3 sync s3:\/\/OLD-BUCKET\/PREFIX s3:\/\/segments\/test-\d+ /,
      ),
    });
    const replica = await bucket.openStore(url, other);
    await sendSegment(replica, "two");
    await expect(replica.seal()).rejects.toMatchObject({ code: "usage" });
    expect([await segmentKeys(other), await other.get("owner")]).toEqual([[], undefined]);
    const [key = ""] = await segmentKeys(blobs);
    await other.put(key, Buffer.from((await blobs.get(key))!));
    await replica.seal();
    // Objects that are lost later are damage, which is told: it does not keep the platform from taking records.
    for (const lost of await segmentKeys(other)) await other.delete(lost);
    await (await openPostgres({ url, objects: other })).close();
  });

  test("a bucket that does not answer: sealing fails and changes nothing, and the journal keeps everything", async () => {
    const url = await postgresUrl();
    const store = await bucket.openStore(url, await bucket.openBlobs(`http://127.0.0.1:${await freePort()}`));
    await sendSegment(store, "one");
    const expected = await contentOf(store, "one", CLOCK);
    await expect(store.seal()).rejects.toMatchObject({ code: "store_failed" });
    expect(await sqlOf(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("0|1");
    expect(await contentOf(await bucket.openStore(url), "one", CLOCK)).toEqual(expected);
    // With a bucket that answers, another replica seals it at once: the lease was given back.
    const other = await bucket.openStore(url, await bucket.openBlobs(bucket.endpoint()));
    await other.seal();
    expect(await sqlOf(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("1|1");
    expect(await contentOf(other, "one", CLOCK)).toEqual(expected);
  });

  test.each([
    ["keeps nothing", 0],
    ["keeps a part", 1000],
  ])(
    "a bucket that says that it has kept a segment, and %s: the journal keeps everything until there is one that does",
    async (_what, kept) => {
      const url = await postgresUrl();
      const blobs = await bucket.openBlobs(bucket.endpoint());
      const liar: SegmentObjects = Object.assign(Object.create(blobs) as Blobs, {
        put: (key: string, bytes: Uint8Array, isNew: boolean) =>
          key === "owner" || kept > 0 ? blobs.put(key, key === "owner" ? bytes : bytes.subarray(0, kept), isNew) : Promise.resolve(true),
      });
      const store = await bucket.openStore(url, liar);
      await sendSegment(store, "one");
      const expected = await contentOf(store, "one", CLOCK);
      await expect(store.seal()).rejects.toMatchObject({ code: "store_failed", message: expect.stringContaining("segments/") });
      expect(await contentOf(await bucket.openStore(url, blobs), "one", CLOCK)).toEqual(expected);
      const other = await bucket.openStore(url, blobs);
      await other.seal();
      expect(await contentOf(other, "one", CLOCK)).toEqual(expected);
    },
  );

  test("an instance that could not be read while its objects were missing takes records again once they are back", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await store.seal();
    const reparsed = new BatchWriter("ava-reparse").log({ loss: 1 }, 1).body();
    await store.addReparsed("one", { n: 1, rules: ["x"], logBytes: 1 }, reparsed, true);
    // Who replays it puts the other points together again.
    await store.undoReparse("one", 1);
    let isMissing = true;
    const get: SegmentObjects["get"] = async (key, range) => (isMissing ? undefined : blobs.get(key, range));
    const replica = await bucket.openStore(url, Object.assign(Object.create(blobs) as Blobs, { get }));
    const writer = new BatchWriter("writer-more");
    const body = writer.log({ loss: 2 }, 30_000).body();
    await expect(replica.takeRecords("one", body)).rejects.toMatchObject({ code: "store_damaged" });
    expect((await replica.instance("one")).damage).toEqual([expect.stringContaining("cannot be read")]);
    isMissing = false;
    vi.advanceTimersByTime(DAMAGED_MS);
    expect(await replica.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect(await contentOf(replica, "one", CLOCK)).toEqual(await contentOf(store, "one", CLOCK));
  });

  test("an object that is there already is not written over: the segment takes another number", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await store.seal();
    const [first] = await segmentKeys(blobs);
    const number = Number(first!.split("/").at(-1));
    const taken = first!.replace(/\d+$/, String(number + 1));
    await blobs.put(taken, Buffer.from("of a later time"));
    await sendSegment(store, "two");
    const expected = await contentOf(store, "two", CLOCK);
    await store.seal();
    expect(Buffer.from((await blobs.get(taken))!).toString()).toBe("of a later time");
    expect(await contentOf(await bucket.openStore(url, blobs), "two", CLOCK)).toEqual(expected);
  });

  test("check finds an object that is gone, one that is cut short or changed, and counts those that no row names", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await store.seal();
    const [key = ""] = await segmentKeys(blobs);
    const no = key.split("/").at(-1);
    const whole = Buffer.from((await blobs.get(key))!);
    expect(await checkPostgres(url, blobs)).toMatchObject({
      damage: [],
      checked: { points: 20_000, objects: 1, "objects without a row": 0 },
    });
    await expect(checkPostgres(url)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("--blobs") });
    await blobs.put(key.replace(/\d+$/, "999999"), Buffer.from("of a sealing that did not end"));
    const changed = Buffer.from(whole);
    changed[whole.length - 10]! ^= 1;
    await blobs.put(key, changed);
    const { damage, checked } = await checkPostgres(url, blobs);
    expect(damage).toContainEqual({ place: "instance one", what: expect.stringMatching(/missing/) });
    expect(checked["objects without a row"]).toBe(1);
    await blobs.put(key, whole.subarray(0, 1000));
    const place = `table segments, row no = ${no}`;
    expect((await checkPostgres(url, blobs)).damage).toContainEqual({
      place,
      what: `its object has 1000 bytes, ${whole.length} were kept`,
    });
    await blobs.delete(key);
    expect((await checkPostgres(url, blobs)).damage).toContainEqual({ place, what: "its object is not in the bucket" });
  });

  test("objects of removed instances go with them; one that no row names goes after an hour, those of other databases stay", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await sendSegment(store, "two");
    await store.seal();
    const keys = await segmentKeys(blobs);
    expect(keys.length).toBe(2);
    const orphan = keys[0]!.replace(/\d+$/, "999999");
    await blobs.put(orphan, Buffer.from("of a sealing that did not end"));
    await blobs.put("segments/other/1", Buffer.from("of another database"));
    await store.deleteInstance("one");
    const kept = await contentOf(store, "two", CLOCK);
    nowMs += REMOVED_AFTER_MS + 1;
    expect(await store.prune()).toBe(1);
    const segment = await sqlOf(url, "SELECT no FROM ava.segments");
    expect((await segmentKeys(blobs)).map((key) => key.split("/").at(-1)).toSorted()).toEqual(["1", "999999", segment].toSorted());
    nowMs += HOUR_MS;
    await store.prune();
    expect((await segmentKeys(blobs)).length).toBe(2);
    expect(await blobs.get(orphan)).toBeUndefined();
    for (const table of ["sealed", "series", "segments", "log_pieces"])
      expect(await sqlOf(url, `SELECT count(*) FROM ava.${table}`)).toBe("1");
    expect((await contentOf(await bucket.openStore(url, blobs), "two", CLOCK)).points).toEqual(kept.points);
  });
});
