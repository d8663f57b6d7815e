import { expect, onTestFinished, test } from "vitest";
import { hasPostgres, postgresUrl } from "../../../testing/postgres-driver.js";
import { Database } from "../connect/database.js";
import type { SegmentObjects, Stretch } from "./bodies.js";
import { StoredBodies } from "./stored-bodies.js";

const CONTENT = Buffer.from(Array.from({ length: 500_000 }, (_, i) => (i * 7) % 251));

/** A bucket of which every object has the same content, and the ranges that were asked for. */
class Bucket implements SegmentObjects {
  readonly spec = "s3:bucket/";
  readonly ranges: { start: number; end: number }[] = [];
  readonly missing = new Set<string>();

  async get(key: string, range: { start: number; end: number }): Promise<Uint8Array | undefined> {
    this.ranges.push(range);
    return this.missing.has(key.split("/").at(-1)!) ? undefined : CONTENT.subarray(range.start, range.end + 1);
  }

  async put(): Promise<boolean> {
    return true;
  }

  async *list(): AsyncGenerator<{ key: string }> {}

  async delete(): Promise<void> {}
}

const read = async (bodies: StoredBodies, stretches: readonly Stretch[]): Promise<(Uint8Array | undefined)[]> =>
  (await bodies.read(stretches)).map((bytes) => bytes && new Uint8Array(bytes));

const wanted = ({ at, bytes }: Stretch): Uint8Array => new Uint8Array(CONTENT.subarray(at, at + bytes));

test.skipIf(!hasPostgres)("stretches come in their order, many in parts; near ones of an object with one request", async () => {
  const database = new Database({ url: await postgresUrl() });
  onTestFinished(() => database.close());
  const rows: number[] = [];
  const sizes: number[] = [];
  const bucket = new Bucket();
  const copy = async (query: string): Promise<Buffer[][]> => {
    const found = await database.copy(query);
    rows.push(found.length);
    sizes.push(...found.map((row) => row[1]!.length));
    return found;
  };
  const bodies = new StoredBodies({ ask: database.ask, copy }, bucket);
  const insert = "INSERT INTO ava.segments (no, instance, size, bytes) VALUES ($1, 1, $2, $3)";
  for (const no of [1, 2]) await database.ask(insert, [no, CONTENT.length, CONTENT]);
  for (const no of [3, 4, 5]) await database.ask(insert, [no, CONTENT.length, null]);
  bucket.missing.add("5");

  const inRows = [
    { segment: 2, at: 300_000, bytes: 1000 },
    { segment: 1, at: 0, bytes: 3 },
    { segment: 2, at: 10, bytes: 1 },
  ];
  expect(await read(bodies, inRows)).toEqual(inRows.map(wanted));
  const atEnd = { segment: 1, at: CONTENT.length - 5, bytes: 10 };
  const none = { segment: 77, at: 0, bytes: 10 };
  const behind = { segment: 1, at: CONTENT.length + 5, bytes: 10 };
  expect(await read(bodies, [behind, atEnd, none, inRows[0]!])).toEqual([undefined, wanted(atEnd), undefined, wanted(inRows[0]!)]);
  expect(await bodies.read([none])).toEqual([undefined]);
  expect(await bodies.read([])).toEqual([]);
  expect(bucket.ranges).toEqual([]);

  const objects = [
    { segment: 4, at: 20_000, bytes: 100 },
    { segment: 3, at: 400_000, bytes: 50 },
    { segment: 5, at: 9, bytes: 9 },
    { segment: 4, at: 1000, bytes: 30 },
    inRows[1]!,
    { segment: 3, at: 200_000, bytes: 8 },
    { segment: 3, at: CONTENT.length - 60_000, bytes: 70_000 },
  ];
  expect(await read(bodies, objects)).toEqual(objects.map((one) => (one.segment === 5 ? undefined : wanted(one))));
  expect(bucket.ranges).toEqual([
    { start: 200_000, end: 200_007 },
    { start: 400_000, end: CONTENT.length + 9999 },
    { start: 1000, end: 20_099 },
    { start: 9, end: 17 },
  ]);
  rows.length = 0;
  const many = Array.from({ length: 2500 }, (_, i) =>
    i % 1000 === 7 ? none : i % 900 === 3 ? objects[1]! : { segment: 1 + (i % 2), at: i * 199, bytes: 1 + (i % 90) },
  );
  expect(await read(bodies, many)).toEqual(many.map((one) => (one === none ? undefined : wanted(one))));
  expect(rows.toSorted((a, b) => a - b)).toEqual([2, 3, 3]);
  sizes.length = 0;
  const large = Array.from({ length: 20 }, (_, i) => ({ segment: 1 + (i % 2), at: i * 17_000, bytes: 20_000 + i }));
  expect(await read(bodies, large)).toEqual(large.map(wanted));
  expect(Math.max(...sizes)).toBeLessThan(85_000);
  // Behind a pooler nothing else tells that the database is another one.
  expect(database.era).toBeDefined();
});
