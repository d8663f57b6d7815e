import { afterAll, beforeAll, onTestFinished } from "vitest";
import { SEAWEED_ACCOUNT, SeaweedProcess } from "../../../../tests/processes/seaweed.js";
import { Blobs } from "../blobs/blobs.js";
import { openPostgres } from "../store/postgres/open.js";
import type { PostgresStore } from "../store/postgres/postgres.js";
import type { SegmentObjects } from "../store/postgres/segments/bodies.js";
import { BatchWriter } from "./batch-writer.js";
import { postgresServer } from "./postgres-driver.js";

/** A bucket for segments of the tests of one `describe`, and stores on PostgreSQL that seal into it when they are told. */
export interface SegmentBucket {
  /** Where the server listens. */
  endpoint: () => string;
  /** @param endpoint - of the server, or of what stands before it @returns a prefix of its own, until the end of the test */
  openBlobs(endpoint: string): Promise<Blobs>;
  /** @returns a store that is closed at the end of the test */
  openStore(url: string, objects?: SegmentObjects): Promise<PostgresStore>;
}

/**
 * Starts a server for buckets before the tests of a `describe`, and removes it after them.
 *
 * @param now - the clock of its stores
 * @returns what the tests ask of it
 */
export function segmentBucket(now: () => number): SegmentBucket {
  let seaweed: SeaweedProcess;
  let buckets = 0;
  beforeAll(async () => {
    seaweed = await SeaweedProcess.start();
    await seaweed.makeBucket("segments");
  }, 90_000);
  afterAll(() => seaweed?.remove());

  return {
    endpoint: () => seaweed.endpoint,
    async openBlobs(endpoint) {
      const limits = { connectMs: 500, idleMs: 5000, totalMs: 10_000 };
      const spec = `s3://segments/test-${++buckets}?endpoint=${endpoint}`;
      const blobs = await Blobs.open({ spec, limits, ...SEAWEED_ACCOUNT }, () => undefined);
      onTestFinished(() => blobs.close());
      return blobs;
    },
    async openStore(url, objects) {
      const store = await openPostgres({ url, now, connections: 4, sealing: { everyMs: 0 }, objects });
      onTestFinished(() => store.close());
      return store;
    },
  };
}

/** Sends an instance that has chunks enough for a segment, and a line of log. */
export async function sendSegment(store: PostgresStore, id: string): Promise<void> {
  const writer = new BatchWriter(`writer-${id}`);
  for (let step = 0; step < 20_000; step++) writer.log({ loss: Math.sin(step) }, step);
  await store.takeRecords(id, writer.print("hello\n").body());
}

/** @returns keys of the segments of a prefix */
export async function segmentKeys(blobs: Blobs): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of blobs.list("segments/")) keys.push(key);
  return keys;
}

/** @returns what a statement prints in the database of an address */
export async function sqlOf(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}
