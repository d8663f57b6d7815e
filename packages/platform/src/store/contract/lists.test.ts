import { describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import type { Field, FiguredInstance, ListQuery, MetricField, WholeListQuery } from "./list.js";
import type { Store } from "./store.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const ID: Field = { kind: "fact", name: "id" };
const START: Field = { kind: "fact", name: "startTime" };

/** Instances `run-00` to `run-19`, begun one hour after the other in two trainings; every other one has a loss. */
async function fill(store: Store): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const id = `run-${String(i).padStart(2, "0")}`;
    const startTime = new Date(START_MS + i * HOUR_MS).toISOString();
    await store.putFacts(id, { training: i % 3 === 0 ? "a" : "b", startTime, params: { lr: i / 10, net: { depth: i % 2 } } });
    const writer = new BatchWriter("writer-one", undefined, i % 3 === 0 ? "a" : "b");
    if (i % 2 === 0) await store.takeRecords(id, writer.log({ loss: 20 - i, acc: Number.NaN }, 1).body());
  }
}

const ask = (query: Partial<ListQuery> = {}): ListQuery => ({
  terms: [],
  sort: { field: ID, isDown: false },
  limit: 100,
  lostBeforeMs: 0,
  ...query,
});

async function ids(store: Store, query: Partial<ListQuery>): Promise<string[]> {
  return (await store.list(ask(query))).instances.map(({ id }) => id.slice(4));
}

async function all(store: Store, query: WholeListQuery): Promise<FiguredInstance[]> {
  const found: FiguredInstance[] = [];
  for await (const block of store.listAll(query)) found.push(...block);
  return found;
}

describe.each(DRIVERS)("lists of a store: %s", (_name, openDriver) => {
  test("a metric with labels is the series that has them, one without is the first of its name, also when a list looks at both", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    for (const [i, values] of [
      [3, 1],
      [2, 3],
      [1, 2],
    ].entries()) {
      for (const [rank, value] of values.entries()) {
        const writer = new BatchWriter(`writer-${rank}`, { rank: String(1 - rank) });
        await store.takeRecords(`run-0${i}`, writer.log({ loss: value }, 1).body());
      }
    }
    const loss = (labels?: Record<string, string>): Field => ({ kind: "metric", figure: "last", name: "loss", ...(labels && { labels }) });
    for await (const one of beforeAndAfter({ replica, reopen })) {
      expect(await ids(one, { sort: { field: loss(), isDown: false } })).toEqual(["02", "01", "00"]);
      expect(await ids(one, { sort: { field: loss({ rank: "1" }), isDown: false } })).toEqual(["02", "01", "00"]);
      expect(await ids(one, { sort: { field: loss({ rank: "0" }), isDown: false } })).toEqual(["00", "02", "01"]);
      const isLarge = { field: loss({ rank: "0" }), operator: ">", operand: { text: "1.5", number: 1.5 } } as const;
      expect(await ids(one, { terms: [isLarge], sort: { field: loss(), isDown: false } })).toEqual(["02", "01"]);
    }
  });

  test("terms, sorts and figures", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await fill(store);
    for await (const one of beforeAndAfter({ replica, reopen })) {
      expect(await ids(one, { sort: { field: START, isDown: true }, limit: 3 })).toEqual(["19", "18", "17"]);
      expect(await ids(one, { terms: [{ field: { kind: "fact", name: "training" }, oneOf: ["a"] }] })).toEqual([
        "00",
        "03",
        "06",
        "09",
        "12",
        "15",
        "18",
      ]);
      expect(await ids(one, { terms: [{ field: { kind: "param", key: "lr" }, oneOf: [0.5] }] })).toEqual(["05"]);
      expect(await ids(one, { terms: [{ text: "run-1" }, { field: { kind: "param", key: "net.depth" }, oneOf: [1] }] })).toHaveLength(5);
      const loss: Field = { kind: "metric", figure: "last", name: "loss" };
      // Those without the value stand last, whatever the direction.
      expect(await ids(one, { sort: { field: loss, isDown: false }, limit: 11 })).toEqual("18 16 14 12 10 08 06 04 02 00 01".split(" "));
      expect(await ids(one, { sort: { field: loss, isDown: true }, limit: 11 })).toEqual("00 02 04 06 08 10 12 14 16 18 01".split(" "));
      expect(await ids(one, { sort: { field: { kind: "metric", figure: "min", name: "acc" }, isDown: true } })).toHaveLength(20);
      const page = await one.list(ask({ limit: 1, seriesNames: ["loss"] }));
      expect(page).toMatchObject({ total: 20, instances: [{ id: "run-00", series: [{ name: "loss", last: 20, count: 1 }] }] });
      expect(page.instances[0]?.series).toHaveLength(1);
    }
  });

  test("lists by params are as of now, whatever a store remembers of them: what was changed, deleted, restored or removed for good by another replica counts", async () => {
    let nowMs = START_MS;
    const { store, replica } = await openDriver(() => nowMs);
    const { below, chance } = randomOf(seedOfTest());
    const runs = new Map<string, { lr: number | undefined; depth: number; tag: string }>();
    const deleted = new Set<string>();
    const shown = (): [string, { lr: number | undefined; depth: number; tag: string }][] =>
      [...runs].filter(([id]) => !deleted.has(id)).sort(([a], [b]) => (a < b ? -1 : 1));
    const lr: Field = { kind: "param", key: "lr" };
    const isDeep = { field: { kind: "param", key: "net.depth" }, operator: ">=", operand: { text: "2", number: 2 } } as const;
    const isOdd = { field: { kind: "fact", name: "tag" }, operator: "=", operand: { text: "odd" } } as const;
    const compare = async (): Promise<void> => {
      const byLr = shown().sort(([, a], [, b]) => (b.lr ?? -1) - (a.lr ?? -1));
      const idsOf = (found: ReturnType<typeof shown>): string[] => found.map(([id]) => id.slice(4));
      expect(await ids(replica, { sort: { field: lr, isDown: true } })).toEqual(idsOf(byLr));
      expect(await ids(replica, { terms: [isDeep] })).toEqual(idsOf(shown().filter(([, { depth }]) => depth >= 2)));
      expect(await ids(replica, { terms: [isOdd], sort: { field: lr, isDown: true } })).toEqual(
        idsOf(byLr.filter(([, { tag }]) => tag === "odd")),
      );
    };
    for (let round = 0; round < 25; round++) {
      const id = `run-${String(below(12)).padStart(2, "0")}`;
      const isThere = runs.has(id) && !deleted.has(id);
      if (isThere && chance(0.2)) {
        await store.deleteInstance(id);
        deleted.add(id);
      } else if (deleted.has(id)) {
        await store.restoreInstance(id);
        deleted.delete(id);
      } else {
        const run = { lr: chance(0.8) ? below(6) : undefined, depth: below(4), tag: chance(0.5) ? "odd" : "even" };
        await store.putFacts(id, { training: "a", params: { lr: run.lr, net: { depth: run.depth } }, tags: [run.tag] });
        runs.set(id, run);
      }
      if (chance(0.7)) await compare();
    }
    const gone = [...runs.keys()].find((id) => !deleted.has(id));
    await compare();
    await store.deleteInstance(gone!);
    deleted.add(gone!);
    nowMs += 8 * 24 * HOUR_MS;
    await store.prune();
    await compare();
  });

  test("filters on more metrics than a store remembers are answered at once, also between changes", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    const values = new Map<string, number[]>();
    const writers = new Map<string, BatchWriter>();
    const put = async (i: number, round: number): Promise<void> => {
      const id = `run-${String(i).padStart(2, "0")}`;
      const figures = Array.from({ length: 9 }, (_, metric) => (i * 7 + metric * 3 + round) % 10);
      const writer = writers.get(id) ?? new BatchWriter(`writer-${i}`, undefined, "a");
      writers.set(id, writer);
      await store.takeRecords(id, writer.log(Object.fromEntries(figures.map((value, metric) => [`m${metric}`, value])), round + 1).body());
      values.set(id, figures);
    };
    for (let i = 0; i < 10; i++) await put(i, 0);
    for (let round = 1; round < 4; round++) {
      const asked = Array.from({ length: 9 }, async (_, metric) => {
        const isLarge = {
          field: { kind: "metric", figure: "last", name: `m${metric}` },
          operator: ">=",
          operand: { text: "5", number: 5 },
        } as const;
        return ids(replica, { terms: [isLarge] });
      });
      const wanted = Array.from({ length: 9 }, (_, metric) =>
        [...values].filter(([, figures]) => figures[metric]! >= 5).map(([id]) => id.slice(4)),
      );
      expect(await Promise.all(asked)).toEqual(wanted);
      for (let i = round; i < 10; i += 3) await put(i, round);
    }
  });

  test("a list of all has what its pages have, in their order, with all facts and the figures that were asked for", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await fill(store);
    await store.takeRecords("run-03", new BatchWriter("writer-two", { rank: "1" }, "a").log({ loss: -1 }, 1).body());
    await store.deleteInstance("run-04");
    const loss: MetricField = { kind: "metric", figure: "last", name: "loss" };
    const lr: Field = { kind: "param", key: "lr" };
    const isLow = { field: lr, operator: "<", operand: { text: "1.5", number: 1.5 } } as const;
    const queries: Partial<ListQuery>[] = [
      {},
      { sort: { field: START, isDown: true } },
      { sort: { field: loss, isDown: true } },
      { sort: { field: lr, isDown: true }, terms: [isLow] },
      { terms: [{ field: { kind: "fact", name: "training" }, oneOf: ["a"] }] },
      { terms: [{ text: "nothing like it" }] },
    ];
    for await (const one of beforeAndAfter({ replica, reopen })) {
      for (const query of queries) {
        const { instances } = await one.list(ask(query));
        const ofRank: MetricField = { ...loss, figure: "count", labels: { rank: "1" } };
        const wanted = instances.map(({ series, ...head }) => {
          const last = series.find(({ name }) => name === "loss")?.last;
          return { ...head, figures: [last, head.id === "run-03" ? 1 : undefined] };
        });
        const { limit: _, ...whole } = ask(query);
        expect(await all(one, { ...whole, metrics: [loss, ofRank] })).toEqual(wanted);
        expect(await all(one, { ...whole, metrics: [loss, ofRank], limit: 3 })).toEqual(wanted.slice(0, 3));
        const heads = wanted.map((head) => ({ ...head, figures: [] }));
        expect(await all(one, { ...whole, metrics: [], limit: 7 })).toEqual(heads.slice(0, 7));
      }
    }
  });

  test("instances of a training or id that is compared are those that are named", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await fill(store);
    await store.putFacts("run-20", { training: "1.0", name: "of 1.0" });
    const loss: Field = { kind: "metric", figure: "last", name: "loss" };
    const is = (name: "id" | "training", text: string, number?: number): ListQuery["terms"][number] => ({
      field: { kind: "fact", name },
      operator: "=",
      operand: { text, ...(number === undefined ? {} : { number }) },
    });
    for await (const one of beforeAndAfter({ replica, reopen })) {
      for (const sort of [ID, START, loss].map((field) => ({ field, isDown: true }))) {
        const named = { terms: [{ field: { kind: "fact", name: "training" }, oneOf: ["a"] }], sort } as const;
        expect(await one.list(ask({ ...named, terms: [is("training", "a")] }))).toEqual(await one.list(ask(named)));
        expect(await ids(one, { terms: [is("training", "a"), is("id", "run-03")], sort })).toEqual(["03"]);
        expect(await ids(one, { terms: [is("training", "A")], sort })).toEqual([]);
        expect(await ids(one, { terms: [is("training", "1.0", 1)], sort })).toEqual(["20"]);
        expect(await ids(one, { terms: [is("training", "1", 1)], sort })).toEqual([]);
      }
    }
  });

  test("groups by param and state, with figures, as the list has the same instances", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await fill(store);
    for await (const one of beforeAndAfter({ replica, reopen })) {
      const groups = await one.groups({
        terms: [{ field: { kind: "fact", name: "training" }, oneOf: ["b"] }],
        by: [
          { kind: "param", key: "net.depth" },
          { kind: "fact", name: "state" },
        ],
        metrics: [
          { kind: "metric", figure: "last", name: "loss" },
          { kind: "metric", figure: "last", name: "acc" },
        ],
        lostBeforeMs: 0,
      });
      expect(groups.toSorted((a, b) => Number(a.values[0]) - Number(b.values[0]))).toEqual([
        {
          values: [0, "running"],
          count: 6,
          states: { running: 6 },
          figures: [
            {
              count: 6,
              mean: 11,
              deviation: expect.closeTo(Math.sqrt(30), 9),
              min: { value: 4, instance: "run-16" },
              max: { value: 18, instance: "run-02" },
            },
            { count: 0 },
          ],
        },
        { values: [1, "running"], count: 7, states: { running: 7 }, figures: [{ count: 0 }, { count: 0 }] },
      ]);
    }
  });

  test("a cursor leads through all instances once, also while new ones come in front", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    await fill(store);
    const query = ask({ sort: { field: START, isDown: true }, limit: 6 });
    const seen: string[] = [];
    for (let cursor: string | undefined, round = 0; round === 0 || cursor !== undefined; round++) {
      const page = await (round % 2 === 0 ? store : replica).list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.instances.map(({ id }) => id));
      cursor = page.nextCursor;
      await store.putFacts(`new-${round}`, { startTime: new Date(START_MS + 100 * HOUR_MS).toISOString() });
    }
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
    await expect(replica.list({ ...query, cursor: "nonsense" })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("a running instance that falls silent is lost, until it is heard again", async () => {
    let nowMs = START_MS;
    const { store, replica } = await openDriver(() => nowMs);
    const writer = new BatchWriter("writer-one", undefined, "a");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    await store.putFacts("two", { training: "a", state: "done" });
    nowMs += HOUR_MS;
    await store.putFacts("three", { training: "b" });
    const state: Field = { kind: "fact", name: "state" };
    const lost = { terms: [{ field: state, oneOf: ["lost"] }], lostBeforeMs: nowMs };
    expect((await replica.list(ask(lost))).instances.map(({ id }) => id)).toEqual(["one"]);
    expect(await replica.silent(0, nowMs)).toEqual([{ id: "one", training: "a" }]);
    expect(await replica.silent(START_MS + 1, nowMs)).toEqual([]);
    expect(await replica.trainings(nowMs)).toMatchObject([
      { name: "a", instances: 2, running: 0 },
      { name: "b", instances: 1, running: 1 },
    ]);
    await store.takeRecords("one", writer.body());
    expect((await replica.list(ask(lost))).instances).toEqual([]);
    expect(await replica.trainings(nowMs)).toMatchObject([{ running: 1 }, { running: 1 }]);
  });
});
