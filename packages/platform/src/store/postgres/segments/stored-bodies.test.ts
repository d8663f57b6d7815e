import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../../../../tests/processes/platform.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../../../../../../tests/processes/seaweed.js";
import { Blobs } from "../../../blobs/blobs.js";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf } from "../../../testing/seen.js";
import { REMOVED_AFTER_MS } from "../../state/deleted.js";
import { checkPostgres } from "../check.js";
import { DAMAGED_MS } from "../hold/hold.js";
import { openPostgres } from "../open.js";
import type { PostgresStore } from "../postgres.js";
import type { SegmentObjects } from "./bodies.js";

const CLOCK = { now: (): number => nowMs, lostAfterMs: 60_000 };
const HOUR_MS = 3_600_000;
let nowMs = Date.parse("2026-01-01T00:00:00Z");

async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}

describe.skipIf(!hasPostgres || !HAS_SEAWEED)("segments in a bucket", () => {
  let seaweed: SeaweedProcess;
  let buckets = 0;
  beforeAll(async () => {
    seaweed = await SeaweedProcess.start();
    const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = SEAWEED_ACCOUNT;
    const client = new S3Client({
      endpoint: seaweed.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await client.send(new CreateBucketCommand({ Bucket: "segments" }));
    client.destroy();
  }, 90_000);
  afterAll(() => seaweed?.remove());

  async function openBlobs(endpoint: string): Promise<Blobs> {
    const limits = { connectMs: 500, idleMs: 5000, totalMs: 10_000 };
    const blobs = await Blobs.open(
      { spec: `s3://segments/test-${++buckets}?endpoint=${endpoint}`, limits, ...SEAWEED_ACCOUNT },
      () => undefined,
    );
    onTestFinished(() => blobs.close());
    return blobs;
  }

  async function openStore(url: string, objects?: SegmentObjects): Promise<PostgresStore> {
    const store = await openPostgres({ url, now: CLOCK.now, connections: 4, sealing: { everyMs: 0 }, objects });
    onTestFinished(() => store.close());
    return store;
  }

  async function send(store: PostgresStore, id: string): Promise<void> {
    const writer = new BatchWriter(`writer-${id}`);
    for (let step = 0; step < 20_000; step++) writer.log({ loss: Math.sin(step) }, step);
    await store.takeRecords(id, writer.print("hello\n").body());
  }

  const keysOf = async (blobs: Blobs): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of blobs.list("segments/")) keys.push(key);
    return keys;
  };

  test("chunks go to the bucket before the row that names them, and every replica reads them there; one without the bucket does not start", async () => {
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    const expected = await contentOf(store, "one", CLOCK);
    const query = { instance: "one", name: "loss", axis: "step", buckets: 7 } as const;
    const window = await store.windows([query]);
    await store.seal();
    expect(await sql(url, "SELECT count(*), count(bytes) FROM ava.segments")).toBe("1|0");
    expect((await keysOf(blobs)).length).toBe(1);
    const replica = await openStore(url, blobs);
    expect(await replica.windows([query])).toEqual(window);
    expect(await contentOf(replica, "one", CLOCK)).toEqual(expected);
    await expect(openStore(url)).rejects.toMatchObject({
      code: "usage",
      message: "Segments of this database (1) lie in a bucket. Name it with --blobs.",
    });
  });

  test("a replica with another bucket than the others does not start, nor does it write to that bucket where it did not answer; a copy of the objects will do", async () => {
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await store.seal();
    const other = await openBlobs(seaweed.endpoint);
    await expect(openPostgres({ url, objects: other })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /--blobs s3:segments\/test-\d+\/.* is not the one .* aws s3 sync s3:\/\/OLD-BUCKET\/PREFIX s3:\/\/segments\/test-\d+ /,
      ),
    });
    const replica = await openStore(url, other);
    await send(replica, "two");
    await expect(replica.seal()).rejects.toMatchObject({ code: "usage" });
    expect([await keysOf(other), await other.get("owner")]).toEqual([[], undefined]);
    const [key = ""] = await keysOf(blobs);
    await other.put(key, Buffer.from((await blobs.get(key))!));
    await replica.seal();
    // Objects that are lost later are damage, which is told: it does not keep the platform from taking records.
    for (const lost of await keysOf(other)) await other.delete(lost);
    await (await openPostgres({ url, objects: other })).close();
  });

  test("a bucket that does not answer: sealing fails and changes nothing, and the journal keeps everything", async () => {
    const url = await postgresUrl();
    const store = await openStore(url, await openBlobs(`http://127.0.0.1:${await freePort()}`));
    await send(store, "one");
    const expected = await contentOf(store, "one", CLOCK);
    await expect(store.seal()).rejects.toMatchObject({ code: "store_failed" });
    expect(await sql(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("0|1");
    expect(await contentOf(await openStore(url), "one", CLOCK)).toEqual(expected);
    // With a bucket that answers, another replica seals it at once: the lease was given back.
    const other = await openStore(url, await openBlobs(seaweed.endpoint));
    await other.seal();
    expect(await sql(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("1|1");
    expect(await contentOf(other, "one", CLOCK)).toEqual(expected);
  });

  test.each([
    ["keeps nothing", 0],
    ["keeps a part", 1000],
  ])(
    "a bucket that says that it has kept a segment, and %s: the journal keeps everything until there is one that does",
    async (_what, kept) => {
      const url = await postgresUrl();
      const blobs = await openBlobs(seaweed.endpoint);
      const liar: SegmentObjects = Object.assign(Object.create(blobs) as Blobs, {
        put: (key: string, bytes: Uint8Array, isNew: boolean) =>
          key === "owner" || kept > 0 ? blobs.put(key, key === "owner" ? bytes : bytes.subarray(0, kept), isNew) : Promise.resolve(true),
      });
      const store = await openStore(url, liar);
      await send(store, "one");
      const expected = await contentOf(store, "one", CLOCK);
      await expect(store.seal()).rejects.toMatchObject({ code: "store_failed", message: expect.stringContaining("segments/") });
      expect(await contentOf(await openStore(url, blobs), "one", CLOCK)).toEqual(expected);
      const other = await openStore(url, blobs);
      await other.seal();
      expect(await contentOf(other, "one", CLOCK)).toEqual(expected);
    },
  );

  test("an instance that could not be read while its objects were missing takes records again once they are back", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await store.seal();
    const reparsed = new BatchWriter("ava-reparse").log({ loss: 1 }, 1).body();
    await store.addReparsed("one", { n: 1, rules: ["x"], logBytes: 1 }, reparsed, true);
    // Who replays it puts the other points together again.
    await store.undoReparse("one", 1);
    let isMissing = true;
    const get: SegmentObjects["get"] = async (key, range) => (isMissing ? undefined : blobs.get(key, range));
    const replica = await openStore(url, Object.assign(Object.create(blobs) as Blobs, { get }));
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
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await store.seal();
    const [first] = await keysOf(blobs);
    const number = Number(first!.split("/").at(-1));
    const taken = first!.replace(/\d+$/, String(number + 1));
    await blobs.put(taken, Buffer.from("of a later time"));
    await send(store, "two");
    const expected = await contentOf(store, "two", CLOCK);
    await store.seal();
    expect(Buffer.from((await blobs.get(taken))!).toString()).toBe("of a later time");
    expect(await contentOf(await openStore(url, blobs), "two", CLOCK)).toEqual(expected);
  });

  test("check finds an object that is gone, one that is cut short or changed, and counts those that no row names", async () => {
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await store.seal();
    const [key = ""] = await keysOf(blobs);
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
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await send(store, "two");
    await store.seal();
    const keys = await keysOf(blobs);
    expect(keys.length).toBe(2);
    const orphan = keys[0]!.replace(/\d+$/, "999999");
    await blobs.put(orphan, Buffer.from("of a sealing that did not end"));
    await blobs.put("segments/other/1", Buffer.from("of another database"));
    await store.deleteInstance("one");
    const kept = await contentOf(store, "two", CLOCK);
    nowMs += REMOVED_AFTER_MS + 1;
    expect(await store.prune()).toBe(1);
    const segment = await sql(url, "SELECT no FROM ava.segments");
    expect((await keysOf(blobs)).map((key) => key.split("/").at(-1)).toSorted()).toEqual(["1", "999999", segment].toSorted());
    nowMs += HOUR_MS;
    await store.prune();
    expect((await keysOf(blobs)).length).toBe(2);
    expect(await blobs.get(orphan)).toBeUndefined();
    for (const table of ["sealed", "series", "segments", "log_pieces"])
      expect(await sql(url, `SELECT count(*) FROM ava.${table}`)).toBe("1");
    expect((await contentOf(await openStore(url, blobs), "two", CLOCK)).points).toEqual(kept.points);
  });

  test("a copy of a database changes nothing in the bucket of its original, also where the bucket did not answer when it started", async () => {
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openPostgres({ url, now: CLOCK.now, sealing: { everyMs: 0 }, objects: blobs });
    await send(store, "one");
    await store.seal();
    await store.close();
    const server = await postgresServer();
    const copyUrl = server.url(await server.database(new URL(url).pathname.slice(1)));
    const original = await openStore(url, blobs);
    await send(original, "two");
    await original.seal();
    const keys = await keysOf(blobs);
    await expect(openPostgres({ url: copyUrl, objects: blobs })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /aws s3 sync s3:\/\/segments\/test-\d+ s3:\/\/segments\/test-\d+-copy --exclude 'owner\*' --endpoint-url http/,
      ),
    });
    // As one that could not ask at its start; it reads what it names.
    const copy = await openStore(copyUrl, blobs);
    expect(await contentOf(copy, "one", CLOCK)).toEqual(await contentOf(original, "one", CLOCK));
    await send(copy, "three");
    await expect(copy.seal()).rejects.toMatchObject({ code: "usage" });
    await copy.deleteInstance("one");
    nowMs += REMOVED_AFTER_MS + 1;
    for (let sweeps = 0; sweeps < 2; sweeps++, nowMs += HOUR_MS) await expect(copy.prune()).rejects.toMatchObject({ code: "usage" });
    expect(await keysOf(blobs)).toEqual(keys);
    // Where the original is gone for good.
    await blobs.delete("owner");
    await copy.seal();
    await expect(openPostgres({ url, objects: blobs })).rejects.toMatchObject({ code: "usage" });
  });

  test("a copy of the server's files changes nothing in the bucket of its original, until it is told that that one is gone; then the original does not", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const aMinuteLater = (): void => void vi.advanceTimersByTime(61_000);
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const original = await openStore(url, blobs);
    await send(original, "one");
    await original.seal();
    const copied = await (await postgresServer()).baseBackup();
    onTestFinished(() => copied.remove());
    await copied.launch();
    const copyUrl = copied.url(new URL(url).pathname.slice(1));
    aMinuteLater();
    await send(original, "two");
    await original.seal();
    const keys = await keysOf(blobs);

    const refused = {
      code: "usage",
      message: expect.stringMatching(/^A platform on a copy of this one's .* gone for good: aws s3 rm s3:\/\/segments\/test-\d+\/owner /),
    };
    await expect(openPostgres({ url: copyUrl, objects: blobs })).rejects.toMatchObject(refused);
    const copy = await openStore(copyUrl, blobs);
    expect(await contentOf(copy, "one", CLOCK)).toEqual(await contentOf(original, "one", CLOCK));
    await send(copy, "three");
    const three = await contentOf(copy, "three", CLOCK);
    await expect(copy.seal()).rejects.toMatchObject(refused);
    await expect(copy.prune()).rejects.toMatchObject(refused);
    expect(await keysOf(blobs)).toEqual(keys);
    aMinuteLater();
    await original.prune();

    await blobs.delete("owner");
    await copy.seal();
    expect(await contentOf(copy, "three", CLOCK)).toEqual(three);
    aMinuteLater();
    await send(original, "four");
    await expect(original.seal()).rejects.toMatchObject(refused);
    await copy.close();
  }, 120_000);

  test("a database that went back behind a replica that goes on, as to a standby that lacks the newest, keeps its bucket", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const url = await postgresUrl();
    const blobs = await openBlobs(seaweed.endpoint);
    const store = await openStore(url, blobs);
    await send(store, "one");
    await store.seal();
    await sql(url, "UPDATE ava.secrets SET value = '' WHERE name = 'bucket beats'");
    await expect(openPostgres({ url, objects: blobs })).rejects.toMatchObject({ code: "usage" });
    vi.advanceTimersByTime(61_000);
    await send(store, "two");
    await store.seal();
    await (await openPostgres({ url, objects: blobs })).close();
  });
});
