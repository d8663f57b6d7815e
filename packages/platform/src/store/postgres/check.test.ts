import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../testing/postgres-driver.js";
import { type CheckedObjects, checkPostgres } from "./check.js";
import { openPostgres } from "./open.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** A database with a sealed instance and one that is in the journal. @returns its address, and how SQL is run in it */
async function filled(): Promise<{ url: string; sql: (text: string) => Promise<string> }> {
  const url = await postgresUrl();
  const store = await openReplica(url, () => START_MS);
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 9000; step++) writer.log({ loss: step }, step);
  writer.print("hello\n".repeat(1000)).add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
  await store.takeRecords("one", writer.body());
  await store.putModel({ name: "m", file: "x" });
  await store.seal();
  await store.takeRecords("two", new BatchWriter("writer-two").log({ loss: 1 }, 1).body());
  await store.close();
  const server = await postgresServer();
  return { url, sql: (text) => server.sql(text, new URL(url).pathname.slice(1)) };
}

test.skipIf(!hasPostgres)("check of a whole database counts what it looked at, and changes nothing", async () => {
  const { url, sql } = await filled();
  const rows =
    "SELECT (SELECT count(*) FROM ava.journal), (SELECT sum(sealed_pos) FROM ava.instances), (SELECT count(*) FROM ava.segments)";
  const before = await sql(rows);
  const { damage, checked } = await checkPostgres(url);
  expect(damage).toEqual([]);
  expect(checked).toEqual({ instances: 2, series: 2, points: 9001, "log bytes": 6000, objects: 0, "objects without a row": 0 });
  expect(await sql(rows)).toBe(before);
});

test.skipIf(!hasPostgres)("check of an older platform's database says what to do, and leaves its tables as they are", async () => {
  const { url, sql } = await filled();
  await sql("ALTER TABLE ava.journal DROP body_bytes; DELETE FROM ava.schema_versions WHERE version > 5");
  await expect(checkPostgres(url)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(/version 5, this one needs 6\b.* Start a platform of this version on it/),
  });
  expect(await sql("SELECT max(version) FROM ava.schema_versions")).toBe("5");
});

test.skipIf(!hasPostgres)("check beside a run that goes on, and is sealed meanwhile, finds no damage", async () => {
  const url = await postgresUrl();
  const kept = new Map<string, Buffer>();
  async function* list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    for (const [key, { length }] of kept) if (key.startsWith(prefix)) yield { key, bytes: length };
  }
  const objects: CheckedObjects = {
    spec: "s3://kept",
    put: async (key, bytes, isNew) => {
      if (isNew && kept.has(key)) return false;
      kept.set(key, Buffer.from(bytes));
      return true;
    },
    get: async (key, { start, end }) => kept.get(key)?.subarray(start, end + 1),
    delete: async (key) => void kept.delete(key),
    list,
  };
  const store = await openPostgres({ url, now: () => START_MS, sealing: { everyMs: 0 }, objects });
  onTestFinished(() => store.close());
  const writer = new BatchWriter("writer-one");
  let step = 0;
  const goOn = async (): Promise<void> => {
    for (let i = 0; i < 5000; i++) writer.log({ loss: step }, step++);
    await store.takeRecords("one", writer.body());
    await store.seal();
  };
  await goOn();
  const late = { list: goOn, get: goOn };
  const once = async (place: "list" | "get"): Promise<void> => {
    const work = late[place];
    late[place] = async () => undefined;
    await work();
  };
  const { damage } = await checkPostgres(url, {
    ...objects,
    list: async function* (prefix) {
      yield* list(prefix);
      await once("list");
    },
    get: async (key, range) => {
      const bytes = await objects.get(key, range);
      await once("get");
      return bytes;
    },
  });
  expect(step).toBe(15_000);
  expect(damage).toEqual([]);
});

test.skipIf(!hasPostgres).each([
  [
    "a byte of a segment is another",
    "UPDATE ava.segments SET bytes = set_byte(bytes, 1000, get_byte(bytes, 1000) # 1)",
    "instance one",
    /missing/,
  ],
  ["a segment is gone", "DELETE FROM ava.segments", "instance one", /missing/],
  [
    "heads of chunks are others",
    "UPDATE ava.series SET heads = set_byte(heads, 40, get_byte(heads, 40) # 1)",
    "instance one",
    /head of chunk/,
  ],
  ["the state is another", "UPDATE ava.sealed SET state = replace(state, 'writer-one', 'writer-two')", "instance one", /sealed.*checksum/],
  ["a row of a series is gone", "DELETE FROM ava.series", "instance one", /0 of 1 rows/],
  ["events are others", "UPDATE ava.events SET events = replace(events, 'a.bin', 'b.bin')", "instance one", /events.*checksum/],
  ["a piece of a log is another", "UPDATE ava.log_pieces SET bytes = set_byte(bytes, 9, 0)", "instance one", /log/],
  ["a piece of a log is gone", "DELETE FROM ava.log_pieces", "instance one", /log/],
  ["a command of a journal is gone", "DELETE FROM ava.journal", "instance two", /journal/],
  ["a command of a journal is another", "UPDATE ava.journal SET head = '{'", "instance two", /journal/],
  [
    "a command of a journal is none that there is",
    `UPDATE ava.journal SET head = replace(regexp_replace(head, ',"sum":[0-9]+}$', '}'), 'records', 'recorbs')`,
    "instance two",
    /not a command/,
  ],
  ["rows belong to no instance", "DELETE FROM ava.instances WHERE id = 'one'", "table segments", /1 row belongs to no instance/],
  ["a model cannot be read", "UPDATE ava.models SET kept = 'x'", "table models, row m 1", /not JSON/],
])("check says that %s, and where", async (_what, spoil, place, what) => {
  const { url, sql } = await filled();
  await sql(spoil);
  const { damage } = await checkPostgres(url);
  expect(damage).toContainEqual({ place, what: expect.stringMatching(what) });
});

test.skipIf(!hasPostgres)("check of a database without a store says so, and makes no tables", async () => {
  const server = await postgresServer();
  const url = server.url(await server.database());
  await expect(checkPostgres(url)).rejects.toMatchObject({ code: "data_dir_unusable" });
  await expect(checkPostgres(url)).rejects.toMatchObject({ code: "data_dir_unusable" });
});
