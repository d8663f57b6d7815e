import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { querySeries } from "../../query/series.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { cut, flipped, hidden, placesOf, proveDamageIsTold, SMALL_STEPS, STEPS, spoiled, wholeStore } from "../../testing/store-faults.js";
import { testServer } from "../../testing/test-server.js";
import { checkStore } from "./check.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

/** A closed store with two instances of two and a half chunks, and 150 kB of log each. */
async function closedStore(): Promise<string> {
  const dataDir = testFolder();
  const store = openStore({ dataDir });
  for (const id of ["one", "two"]) {
    const writer = new BatchWriter(`writer-${id}`);
    writer.add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
    for (let step = 0; step < 10_000; step++) writer.log({ loss: step }, step);
    for (let line = 0; line < 1500; line++) writer.print(`${String(line).padStart(5)} ${id} ${"x".repeat(90)}\n`);
    await store.takeRecords(id, writer.body());
  }
  await store.close();
  return dataDir;
}

/** Changes rows as a disk would: without their checksums. */
function spoil(dataDir: string, ...statements: string[]): void {
  const db = new Database(join(dataDir, "store.db"));
  for (const statement of statements) expect(db.prepare(statement).run().changes, `${statement}`).toBeGreaterThan(0);
  db.close();
}

function open(dataDir: string): { store: EmbeddedStore; warnings: string[] } {
  const warnings: string[] = [];
  const store = openStore({ dataDir, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return { store, warnings };
}

const ALL = { name: "loss", labels: undefined, axis: "step", from: undefined, to: undefined, buckets: 100 } as const;
const CHUNK = (seriesNo: number, index: number): number => seriesNo * 2 ** 21 + index;

test("60 flips, cuts, zeroes and exchanged pages of store.db: nothing wrong is served, and what is lost is told", {
  timeout: 180_000,
}, async () => {
  const whole = await wholeStore(STEPS);
  const random = randomOf(seedOfTest());
  for (let more = 0; more < 60; more++) await proveDamageIsTold(whole, spoiled(whole.bytes, random));
});

// All places: damage.long.test.ts.
test("a small store, cut and flipped at 60 of its bytes: nothing wrong is served, and what is lost is told", {
  timeout: 180_000,
}, async () => {
  const whole = await wholeStore(SMALL_STEPS);
  const { below, pick } = randomOf(seedOfTest());
  const places = placesOf(whole.bytes);
  for (let more = 0; more < 60; more++) {
    await proveDamageIsTold(whole, flipped(whole.bytes, pick(places), below(8)));
    await proveDamageIsTold(whole, cut(whole.bytes, pick(places)));
  }
});

test("with the last row or entry of each page hidden: nothing wrong is served, and what is lost is told", {
  timeout: 180_000,
}, async () => {
  const whole = await wholeStore(SMALL_STEPS);
  const all = hidden(whole.bytes);
  // Of each table and each index but those that are empty.
  expect(all.length).toBeGreaterThan(20);
  for (const one of all) await proveDamageIsTold(whole, one);
});

test("an instance of which only lists know is not made anew", async () => {
  const dataDir = testFolder();
  const { store: first } = open(dataDir);
  await first.putFacts("bare", { host: "node-7" });
  await first.close();
  spoil(dataDir, "DELETE FROM instances");
  const { store, warnings } = open(dataDir);
  await expect(store.takeRecords("bare", new BatchWriter("writer-one").log({ loss: 1 }, 1).body())).rejects.toMatchObject({
    code: "store_damaged",
  });
  expect(warnings.join()).toContain("table instances, row id = bare");
});

test.each([
  ["id = CAST(x'ff41' AS TEXT)", ["one"]],
  ["id = 'other'", ["one"]],
  ["id = x'00'", ["one"]],
  ["training = CAST(x'ff' AS TEXT)", ["one", "two"]],
  ["heartbeat_ms = 'x'", ["one", "two"]],
])("lists outlast damage of what they look at, which is told where an instance is not shown: %s", async (change, shown) => {
  const dataDir = await closedStore();
  spoil(
    dataDir,
    `UPDATE heads SET ${change} WHERE id = 'two'`,
    "UPDATE figures SET last = CAST(x'ff' AS TEXT), instance = CAST(x'fe' AS TEXT) WHERE instance = 'two'",
  );
  const { store, warnings } = open(dataDir);
  const ids: string[][] = [];
  for (const field of [
    { kind: "fact", name: "id" },
    { kind: "metric", figure: "last", name: "loss" },
  ] as const) {
    for (const terms of [[], [{ text: "" }]]) {
      const page = await store.list({ terms, sort: { field, isDown: false }, limit: 10, lostBeforeMs: 0 });
      ids.push(page.instances.map(({ id }) => id).toSorted());
    }
  }
  await store.trainings(0);
  await store.silent(0, Number.MAX_VALUE);
  await store.figures();
  expect(ids).toEqual(Array(4).fill(shown));
  expect(warnings.join()).toMatch(shown.includes("two") ? /table figures: / : /table (?:heads|instances, row id = other)/);
});

test("a damaged chunk is missing in the answer, which says so; export refuses it, or skips it when asked; the series goes on", async () => {
  const dataDir = await closedStore();
  spoil(dataDir, `UPDATE chunks SET body = zeroblob(length(body)) WHERE id = ${CHUNK(1, 1)}`);
  const { app, store } = await testServer({ dataDir });
  const answer = (await app.inject("/v1/instances/one/series?name=loss&buckets=100")).json();
  expect(answer.count.reduce((sum: number, count: number) => sum + count, 0)).toBe(10_000 - 4096);
  expect(answer.damage).toEqual([expect.stringMatching(/store\.db, table chunks, row id = 2097153: .* copy/)]);
  for (const path of ["/v1/instances/one/export?", "/v1/trainings/demo/export?", "/v1/trainings/demo/export?format=parquet&"]) {
    const refused = await app.inject(path);
    expect(refused.statusCode).toBe(500);
    expect(refused.json()).toMatchObject({ error: { code: "store_damaged", message: expect.stringContaining("damaged=skip") } });
    expect((await app.inject(`${path}damaged=skip`)).statusCode).toBe(200);
  }
  const skipped = await app.inject("/v1/instances/one/export?damaged=skip");
  expect(skipped.body.split("\n").length - 2).toBe(10_000 - 4096);
  await store.takeRecords("one", new BatchWriter("writer-two").log({ loss: 5 }, 10_000).body());
  expect((await app.inject("/v1/instances/two/series?name=loss")).json()).not.toHaveProperty("damage");
  expect((await app.inject("/v1/instances/two/export")).statusCode).toBe(200);
});

test("where the chunk that is being filled is damaged, a series goes on behind it", async () => {
  const dataDir = await closedStore();
  spoil(dataDir, `UPDATE chunks SET head = zeroblob(132) WHERE id = ${CHUNK(1, 2)}`);
  const { store } = open(dataDir);
  const writer = new BatchWriter("writer-two");
  for (let step = 10_000; step < 15_000; step++) writer.log({ loss: step }, step);
  await store.takeRecords("one", writer.body());
  await store.close();
  const { store: again } = open(dataDir);
  const answer = await querySeries(again, "one", ALL);
  expect(answer.count.reduce((sum, count) => sum + count, 0)).toBe(2 * 4096 + 5000);
  expect(answer.damage).toHaveLength(1);
});

test("chunks that are in each other's place are found", async () => {
  const dataDir = await closedStore();
  const swap = [CHUNK(1, 0), CHUNK(2, 0)];
  spoil(
    dataDir,
    `UPDATE chunks SET id = 5 WHERE id = ${swap[0]}`,
    `UPDATE chunks SET id = ${swap[0]} WHERE id = ${swap[1]}`,
    `UPDATE chunks SET id = ${swap[1]} WHERE id = 5`,
  );
  const { store } = open(dataDir);
  for (const id of ["one", "two"]) expect((await querySeries(store, id, ALL)).damage).toHaveLength(1);
});

test("a damaged piece of a log is told, words of the same length stand for it, and offsets stay", async () => {
  const dataDir = await closedStore();
  const { app } = await testServer({ dataDir: await closedStore() });
  const whole = (await app.inject("/v1/instances/one/logs?limit=1000000")).json();
  spoil(dataDir, "UPDATE log_pieces SET bytes = zeroblob(65536) WHERE instance = 'one' AND start = 65536");
  const { app: damaged } = await testServer({ dataDir });
  const answer = (await damaged.inject("/v1/instances/one/logs?limit=1000000")).json();
  expect(answer.damage).toEqual([expect.stringContaining("from byte 65536 to 131072")]);
  expect(answer.text.slice(0, 65_536)).toBe(whole.text.slice(0, 65_536));
  expect(answer.text.slice(65_536, 131_072)).toMatch(/^\[65536 bytes of this log are damaged and missing\] +\n$/);
  expect(answer.text.slice(131_072)).toBe(whole.text.slice(131_072));
});

test.each([
  ["writers", "UPDATE writers SET ack = 1 WHERE instance = 'one'"],
  ["writers", "DELETE FROM writers WHERE instance = 'one'"],
  ["series", "UPDATE series SET name = 'lost' WHERE instance = 'one'"],
  ["series", "DELETE FROM series WHERE instance = 'one'"],
  ["events", "DELETE FROM events WHERE instance = 'one'"],
  ["events", "UPDATE events SET instance = 'two', no = 1 WHERE instance = 'one'"],
  ["events", "UPDATE events SET instance = CAST(instance AS BLOB) WHERE instance = 'one'"],
])("an instance whose %s are damaged is served as far as it goes and takes no more: %s", async (table, statement) => {
  const dataDir = await closedStore();
  spoil(dataDir, statement);
  const { store, warnings } = open(dataDir);
  expect((await store.instance("one")).damage.join()).toContain(`table ${table}`);
  expect(warnings.join("\n")).toMatch(/^store_damaged: Damage in .*store\.db, table /);
  const body = new BatchWriter("writer-one").log({ loss: 1 }, 1).body();
  await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "store_damaged" });
  await expect(store.putFacts("one", { state: "done" })).rejects.toMatchObject({ code: "store_damaged" });
  await store.takeRecords("other", body);
  await store.close();
  expect(checkStore(dataDir).damage).not.toEqual([]);
  expect((await open(dataDir).store.instance("one")).damage).not.toEqual([]);
});

test.each(["UPDATE instances SET facts = replace(facts, 'demo', 'memo') WHERE id = 'one'", "DELETE FROM instances WHERE id = 'one'"])(
  "an instance without sound facts is set aside, and told: %s",
  async (statement) => {
    const dataDir = await closedStore();
    spoil(dataDir, statement);
    const { app, store } = await testServer({ dataDir });
    for (const path of ["", "/series?name=loss", "/logs", "/export"]) {
      const answer = await app.inject(`/v1/instances/one${path}`);
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toMatchObject({
        error: { code: "store_damaged", message: expect.stringContaining("table instances, row id = one") },
      });
    }
    await expect(store.takeRecords("one", new BatchWriter("writer-one").log({ loss: 1 }, 1).body())).rejects.toMatchObject({
      code: "store_damaged",
    });
    expect((await app.inject("/v1/instances")).json()).toMatchObject({ total: 1 });
    expect((await app.inject("/metrics")).body).toMatch(/^ava_damaged_places [12]$/m);
  },
);

test("requests in the log for an instance that is damaged are set aside, not lost", async () => {
  const dataDir = await closedStore();
  const { store: first } = open(dataDir);
  await first.putFacts("one", { host: "node-7" });
  spoil(dataDir, "UPDATE writers SET ack = 1 WHERE instance = 'one'");
  const { warnings } = open(copyAfterCrash(dataDir));
  expect(warnings.join("\n")).toMatch(/cannot be applied \(Damage in .* A copy of these bytes is in /);
});
