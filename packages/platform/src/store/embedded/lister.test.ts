import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test, vi } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testFolder } from "../../testing/folder.js";
import { idsOf } from "../../testing/seen.js";
import type { Field, ListQuery, Term } from "../contract/list.js";
import { checkStore } from "./check.js";
import { HeadReader } from "./database/heads.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

function open(dataDir: string, now: () => number = () => START_MS): EmbeddedStore {
  const store = openStore({ dataDir, now });
  onTestFinished(() => store.close());
  return store;
}

const fact = (name: Extract<Field, { kind: "fact" }>["name"]): Field => ({ kind: "fact", name });
const FIELDS: readonly Field[] = [
  fact("id"),
  fact("training"),
  fact("startTime"),
  fact("heartbeatTime"),
  { kind: "param", key: "lr" },
  ...(["last", "min", "max", "count"] as const).map((figure): Field => ({ kind: "metric", figure, name: "loss" })),
  { kind: "metric", figure: "last", name: "loss", labels: { rank: "1" } },
  { kind: "metric", figure: "last", name: "loss", labels: {} },
  { kind: "metric", figure: "max", name: "never" },
];
const VALUES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1, 0.1 + 0.2, 0.3, 1e300];

/** Every page of a list, one after the other. */
async function pages(store: EmbeddedStore, query: ListQuery): Promise<{ ids: string[]; totals: number[] }> {
  const ids: string[] = [];
  const totals: number[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await store.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.instances.map(({ id }) => id));
    totals.push(page.total);
    cursor = page.nextCursor;
  }
  return { ids, totals };
}

/** The same without pages. */
async function all(store: EmbeddedStore, { terms, sort, lostBeforeMs }: ListQuery): Promise<string[]> {
  const ids: string[] = [];
  for await (const block of store.listAll({ terms, sort, lostBeforeMs, metrics: [] })) ids.push(...block.map(({ id }) => id));
  return ids;
}

test("a list is the same whatever of it is in the database, in memory, or changed since it was stored", async () => {
  const random = randomOf(seedOfTest());
  let nowMs = START_MS;
  const dataDir = testFolder();
  const store = open(dataDir, () => nowMs);
  const twin = open(testFolder(), () => nowMs);
  const terms: readonly Term[][] = [
    [],
    [{ field: fact("training"), oneOf: ["a"] }],
    [{ field: fact("state"), oneOf: ["running", "lost"] }],
    [{ field: { kind: "param", key: "lr" }, oneOf: [1, 2] }],
    [{ text: "run-1" }, { field: fact("training"), oneOf: ["b"] }],
    [{ field: { kind: "metric", figure: "min", name: "loss" }, operator: ">=", operand: { text: "0.3", number: 0.3 } }],
  ];
  const deleted = new Set<string>();
  for (let round = 0; round < 6; round++) {
    for (let change = 0; change < 30; change++) {
      const id = `run-${random.below(60)}`;
      nowMs += random.below(3) * 1000;
      const startTime = new Date(START_MS + random.below(20) * 60_000).toISOString();
      const facts = {
        training: random.pick(["a", "b"]),
        startTime,
        params: { lr: random.below(4) },
        state: random.pick(["running", "done"] as const),
      };
      const labels = random.pick([undefined, { rank: "0" }, { rank: "1", gpu: "a" }]);
      const body = new BatchWriter(`writer-${round}-${change}`, labels).log({ loss: random.pick(VALUES) }, 1).body();
      if (deleted.delete(id)) for (const one of [store, twin]) await one.restoreInstance(id);
      for (const one of [store, twin]) await (change % 2 === 0 ? one.putFacts(id, facts) : one.takeRecords(id, body));
      if (random.chance(0.05)) {
        for (const one of [store, twin]) await one.deleteInstance(id);
        deleted.add(id);
      }
    }
    // The twin keeps all in memory and log.
    await store.checkpoint();
    expect(checkStore(dataDir).damage).toEqual([]);
    for (const field of FIELDS) {
      const query = { terms: random.pick(terms), sort: { field, isDown: random.chance(0.5) }, limit: 1 + random.below(40) };
      const asked = { ...query, lostBeforeMs: nowMs - 20_000 };
      const paged = await pages(twin, asked);
      expect(await pages(store, asked)).toEqual(paged);
      for (const one of [store, twin]) expect(await all(one, asked)).toEqual(paged.ids);
    }
    expect(await store.trainings(nowMs)).toEqual(await twin.trainings(nowMs));
    const silent = async (one: EmbeddedStore) => (await one.silent(0, nowMs)).map(({ id }) => id).toSorted();
    expect(await silent(store)).toEqual(await silent(twin));
    const { instances, series } = await store.figures();
    expect({ instances, series }).toEqual(
      await twin.figures().then((figures) => ({ instances: figures.instances, series: figures.series })),
    );
  }
});

test("instances that are stored are let go of, and come back as they were: nothing that comes again is taken twice", async () => {
  const dataDir = testFolder();
  const first = open(dataDir);
  const bodies = Array.from({ length: 2500 }, (_, i) => new BatchWriter(`writer-${i}`).log({ loss: i }, 1).print("line\n").body());
  for (const [i, body] of bodies.entries()) await first.takeRecords(`run-${i}`, body);
  await first.close();
  const store = open(dataDir);
  const held = (): number => (store as unknown as { parts: { memory: { instances: Map<string, unknown> } } }).parts.memory.instances.size;
  expect(held()).toBe(0);
  for (const [i, body] of bodies.entries()) {
    expect(await store.takeRecords(`run-${i}`, body)).toEqual({ ack: 3 });
    if (i % 500 === 0) await store.checkpoint();
  }
  await store.checkpoint();
  for (const i of bodies.keys()) expect(await store.series(`run-${i}`)).toMatchObject([{ count: 1, last: i }]);
  expect(held()).toBeLessThanOrEqual(1000);
  expect(await store.figures()).toMatchObject({ instances: 2500, series: 2500 });
  expect(await store.readLog("run-7", { lastBytes: 100 })).toMatchObject({ size: 5 });
});

const BY_LOSS: ListQuery = {
  terms: [],
  sort: { field: { kind: "metric", figure: "last", name: "loss" }, isDown: true },
  limit: 10,
  lostBeforeMs: 0,
};

test.each(["DROP TABLE figures", "DELETE FROM meta WHERE key = 'figures_segment'; DELETE FROM figures"])(
  "figures that another version did not keep are made anew: %s",
  async (statements) => {
    const dataDir = testFolder();
    const store = open(dataDir);
    for (const [i, id] of ["one", "two", "three"].entries()) {
      await store.takeRecords(id, new BatchWriter(`writer-${i}`, { rank: "0" }).log({ loss: 5 - i }, 1).body());
      // Without labels it is the one that is meant, whichever came first.
      await store.takeRecords(id, new BatchWriter(`writer-plain-${i}`).log({ loss: i }, 1).body());
      await store.takeRecords(id, new BatchWriter(`writer-more-${i}`, { rank: "1" }).log({ loss: 7 - i, other: i }, 1).body());
    }
    await store.close();
    const db = new Database(join(dataDir, "store.db"));
    db.exec(statements);
    db.close();
    const again = open(dataDir);
    expect((await pages(again, BY_LOSS)).ids).toEqual(["three", "two", "one"]);
    expect(
      (await pages(again, { ...BY_LOSS, sort: { field: { kind: "metric", figure: "last", name: "other" }, isDown: false } })).ids,
    ).toEqual(["one", "two", "three"]);
  },
);

test("figures are those of what a reparse added, and of what is left when it is undone", async () => {
  const store = open(testFolder());
  for (const [i, id] of ["one", "two"].entries()) {
    const body = new BatchWriter(`writer-${i}`, { rank: "0" }).log({ loss: i, lr: 1 }, 1).body();
    await store.takeRecords(id, body);
  }
  const added = new BatchWriter("ava-reparse").log({ loss: 5, new: 1 }, 2).body();
  await store.addReparsed("one", { n: 1, rules: ["x"], logBytes: 0 }, added, true);
  const isNew = {
    ...BY_LOSS,
    terms: [{ field: { kind: "metric", figure: "count", name: "new" }, operator: ">", operand: { text: "0", number: 0 } } as const],
  } as const;
  await store.checkpoint();
  expect([(await pages(store, BY_LOSS)).ids, (await pages(store, isNew)).ids]).toEqual([["one", "two"], ["one"]]);
  await store.undoReparse("one", 1);
  await store.checkpoint();
  expect([(await pages(store, BY_LOSS)).ids, (await pages(store, isNew)).ids]).toEqual([["two", "one"], []]);
});

test("an instance that is deleted while a list reads all of them is not told as one that damage took", async () => {
  const store = open(testFolder());
  for (const id of ["one", "two", "three"]) await store.putFacts(id, { params: { lr: 1 } });
  await store.checkpoint();
  const progress = { isDeleted: false };
  const { all: allHeads } = HeadReader.prototype;
  const reading = vi.spyOn(HeadReader.prototype, "all").mockImplementation(function* (this: HeadReader, query) {
    while (!progress.isDeleted) yield [];
    yield* allHeads.call(this, query);
  });
  onTestFinished(() => reading.mockRestore());
  const listed = pages(store, { ...BY_LOSS, sort: { field: { kind: "param", key: "lr" }, isDown: false } });
  await vi.waitFor(() => expect(reading).toHaveBeenCalled());
  await store.deleteInstance("two");
  await store.checkpoint();
  progress.isDeleted = true;
  expect((await listed).ids).toEqual(["one", "three"]);
  expect((await store.figures()).damagedPlaces).toBe(0);
});

test("an instance that is removed for good leaves no figures behind", async () => {
  let nowMs = START_MS;
  const dataDir = testFolder();
  const store = open(dataDir, () => nowMs);
  for (const [i, id] of ["one", "two"].entries()) await store.takeRecords(id, new BatchWriter(`writer-${i}`).log({ loss: i }, 1).body());
  await store.deleteInstance("two");
  expect((await pages(store, BY_LOSS)).ids).toEqual(["one"]);
  await store.checkpoint();
  expect((await pages(store, BY_LOSS)).ids).toEqual(["one"]);
  nowMs += 8 * 86_400_000;
  expect(await store.prune()).toBe(1);
  const db = new Database(join(dataDir, "store.db"));
  expect(db.prepare("SELECT instance FROM figures").all()).toEqual([{ instance: "one" }]);
  db.close();
});

test.each(["DELETE FROM heads", "DELETE FROM meta WHERE key = 'heads_segment'", "DROP TABLE heads"])(
  "heads that another version did not keep are made anew: %s",
  async (statement) => {
    const dataDir = testFolder();
    const store = open(dataDir);
    for (const id of ["one", "two"]) await store.putFacts(id, { training: "t", startTime: "2026-01-01T00:00:00+08:00" });
    await store.close();
    const db = new Database(join(dataDir, "store.db"));
    db.exec(statement);
    db.close();
    const again = open(dataDir);
    expect(await idsOf(again)).toEqual(["one", "two"]);
    expect(await again.trainings(0)).toEqual([{ name: "t", instances: 2, running: 2, lastStartTime: "2026-01-01T00:00:00+08:00" }]);
  },
);
