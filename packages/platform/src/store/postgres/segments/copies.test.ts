import { describe, expect, onTestFinished, test, vi } from "vitest";
import { HAS_SEAWEED } from "../../../../../../tests/processes/seaweed.js";
import { hasPostgres, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf } from "../../../testing/seen.js";
import { segmentBucket, segmentKeys, sendSegment, sqlOf } from "../../../testing/segment-bucket.js";
import { REMOVED_AFTER_MS } from "../../state/deleted.js";
import { openPostgres } from "../open.js";

const CLOCK = { now: (): number => nowMs, lostAfterMs: 60_000 };
const HOUR_MS = 3_600_000;
let nowMs = Date.parse("2026-01-01T00:00:00Z");

describe.skipIf(!hasPostgres || !HAS_SEAWEED)("copies of a database and the bucket of its original", () => {
  const bucket = segmentBucket(() => nowMs);

  test("a copy of a database changes nothing in the bucket of its original, also where the bucket did not answer when it started", async () => {
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await openPostgres({ url, now: CLOCK.now, sealing: { everyMs: 0 }, objects: blobs });
    await sendSegment(store, "one");
    await store.seal();
    await store.close();
    const server = await postgresServer();
    const copyUrl = server.url(await server.database(new URL(url).pathname.slice(1)));
    const original = await bucket.openStore(url, blobs);
    await sendSegment(original, "two");
    await original.seal();
    const keys = await segmentKeys(blobs);
    await expect(openPostgres({ url: copyUrl, objects: blobs })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(
        /aws s3 sync s3:\/\/segments\/test-\d+ s3:\/\/segments\/test-\d+-copy --exclude 'owner\*' --endpoint-url http/,
      ),
    });
    // As one that could not ask at its start; it reads what it names.
    const copy = await bucket.openStore(copyUrl, blobs);
    expect(await contentOf(copy, "one", CLOCK)).toEqual(await contentOf(original, "one", CLOCK));
    await sendSegment(copy, "three");
    await expect(copy.seal()).rejects.toMatchObject({ code: "usage" });
    await copy.deleteInstance("one");
    nowMs += REMOVED_AFTER_MS + 1;
    for (let sweeps = 0; sweeps < 2; sweeps++, nowMs += HOUR_MS) await expect(copy.prune()).rejects.toMatchObject({ code: "usage" });
    expect(await segmentKeys(blobs)).toEqual(keys);
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
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const original = await bucket.openStore(url, blobs);
    await sendSegment(original, "one");
    await original.seal();
    const copied = await (await postgresServer()).baseBackup();
    onTestFinished(() => copied.remove());
    await copied.launch();
    const copyUrl = copied.url(new URL(url).pathname.slice(1));
    aMinuteLater();
    await sendSegment(original, "two");
    await original.seal();
    const keys = await segmentKeys(blobs);

    const refused = {
      code: "usage",
      message: expect.stringMatching(/^A platform on a copy of this one's .* gone for good: aws s3 rm s3:\/\/segments\/test-\d+\/owner /),
    };
    await expect(openPostgres({ url: copyUrl, objects: blobs })).rejects.toMatchObject(refused);
    const copy = await bucket.openStore(copyUrl, blobs);
    expect(await contentOf(copy, "one", CLOCK)).toEqual(await contentOf(original, "one", CLOCK));
    await sendSegment(copy, "three");
    const three = await contentOf(copy, "three", CLOCK);
    await expect(copy.seal()).rejects.toMatchObject(refused);
    await expect(copy.prune()).rejects.toMatchObject(refused);
    expect(await segmentKeys(blobs)).toEqual(keys);
    aMinuteLater();
    await original.prune();

    await blobs.delete("owner");
    await copy.seal();
    expect(await contentOf(copy, "three", CLOCK)).toEqual(three);
    aMinuteLater();
    await sendSegment(original, "four");
    await expect(original.seal()).rejects.toMatchObject(refused);
    await copy.close();
  }, 120_000);

  test("a database that went back behind a replica that goes on, as to a standby that lacks the newest, keeps its bucket", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const url = await postgresUrl();
    const blobs = await bucket.openBlobs(bucket.endpoint());
    const store = await bucket.openStore(url, blobs);
    await sendSegment(store, "one");
    await store.seal();
    await sqlOf(url, "UPDATE ava.secrets SET value = '' WHERE name = 'bucket beats'");
    await expect(openPostgres({ url, objects: blobs })).rejects.toMatchObject({ code: "usage" });
    vi.advanceTimersByTime(61_000);
    await sendSegment(store, "two");
    await store.seal();
    await (await openPostgres({ url, objects: blobs })).close();
  });
});
