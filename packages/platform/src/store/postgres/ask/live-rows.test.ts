import { describe, expect, onTestFinished, test, vi } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { MemoryState } from "../../../testing/memory-driver/state.js";
import { MemoryStore } from "../../../testing/memory-driver/store.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import type { Figure, ListQuery, MetricField } from "../../contract/list.js";
import type { Store } from "../../contract/store.js";
import { Loader } from "../load/loader.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const FIGURES: readonly Figure[] = ["last", "min", "max", "count"];
const LIMIT = 7;

async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}

const metric = (name: string, figure: Figure = "last"): MetricField => ({ kind: "metric", name, figure });

function query(field: MetricField, others: Partial<ListQuery> = {}): ListQuery {
  return { terms: [], sort: { field, isDown: true }, limit: LIMIT, lostBeforeMs: 0, ...others };
}

async function listed(store: Store, wanted: ListQuery): Promise<unknown> {
  const { instances, total } = await store.list(wanted);
  return [instances.map(({ id }) => id), total];
}

/** What lists by metrics say. */
async function seen(store: Store, names: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const name of names) {
    for (const figure of FIGURES) {
      for (const isDown of figure === "last" ? [true, false] : [true])
        found.push(await listed(store, query(metric(name), { sort: { field: metric(name, figure), isDown } })));
    }
    const isLarge = { field: metric(name), operator: ">", operand: { text: "0.2", number: 0.2 } } as const;
    found.push(await listed(store, query(metric(name), { terms: [isLarge] })));
  }
  const metrics = names.flatMap((name) => FIGURES.map((figure) => metric(name, figure)));
  const groups = await store.groups({ terms: [], by: [{ kind: "fact", name: "training" }], metrics, lostBeforeMs: 0 });
  // Means are sums in any order, and one of several has the least value.
  found.push(...groups.map(({ values, count, figures }) => [values, count, figures.map((of) => [of.count, of.min?.value, of.max?.value])]));
  return found;
}

/** @returns how many instances lists have looked at at once, those of their pages among them */
function loaded(): { most: () => number } {
  const spy = vi.spyOn(Loader.prototype, "seenIn");
  onTestFinished(() => spy.mockRestore());
  return { most: () => Math.max(0, ...spy.mock.calls.map(([, ids]) => ids.length)) };
}

describe.skipIf(!hasPostgres)("lists by a metric of instances that are not sealed", () => {
  test("a fresh replica loads none of hundreds of running instances, and says what the store in memory says", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const memory = new MemoryStore(new MemoryState(), now, async () => undefined);
    const writers = Array.from({ length: 200 }, (_, i) => new BatchWriter(`writer-${i}`, undefined, i % 2 === 0 ? "a" : "b"));
    const send = async (count: number, values: (i: number) => Record<string, number>, step: number): Promise<void> => {
      const bodies = writers.slice(0, count).map((writer, i) => writer.log(values(i), step).body());
      for (const one of [store, memory]) await Promise.all(bodies.map((body, i) => one.takeRecords(`run-${i}`, body)));
    };
    await send(20, (i) => ({ loss: Math.cos(i), 'odd "name", \\ {a}': i }), 1);
    await store.seal();
    expect(await sql(url, "SELECT count(*) FROM ava.instances WHERE is_unsealed OR live_names IS NOT NULL")).toBe("0");
    // Some change what is sealed, some bring a metric that is not there yet, and values such as NaN.
    await send(
      200,
      (i) => ({
        ...(i % 3 === 0 ? { loss: Math.sin(i) } : {}),
        acc: i % 5 === 0 ? Number.NaN : i % 7 === 0 ? Number.POSITIVE_INFINITY : i / 300,
      }),
      2,
    );
    for (const one of [store, memory]) {
      await one.deleteInstance("run-3");
      await one.putFacts("run-6", { note: "a fact comes after the points" });
    }
    expect(await sql(url, "SELECT count(*) FROM ava.instances WHERE is_unsealed")).toBe("200");
    const replica = await openReplica(url, now);
    const { most } = loaded();
    const names = ["loss", "acc", 'odd "name", \\ {a}', "none"];
    expect(await seen(replica, names)).toEqual(await seen(memory, names));
    expect(most()).toBeLessThanOrEqual(LIMIT);
  });

  test("two replicas, labels, reparses that are undone, deletions and sealing in any order: lists say what the store in memory says", async () => {
    const { below, chance, pick } = randomOf(seedOfTest());
    const url = await postgresUrl();
    const replicas = [await openReplica(url, now), await openReplica(url, now)];
    const memory = new MemoryStore(new MemoryState(), now, async () => undefined);
    const names = ["loss", "acc", "lr"];
    const ids = ["one", "two", "three"];
    const writers = ids.map((id) =>
      [undefined, { rank: "0" }, { rank: "1" }].map((labels, i) => new BatchWriter(`writer-${id}-${i}`, labels)),
    );
    const reparses = ids.map(() => 0);
    const both = async (act: (store: Store) => Promise<unknown>): Promise<void> => {
      for (const one of [pick(replicas), memory]) await act(one);
    };
    const said: unknown[] = [];
    const expected: unknown[] = [];
    const compare = async (ask: (store: Store) => Promise<unknown>): Promise<void> => {
      said.push(await ask(pick(replicas)));
      expected.push(await ask(memory));
    };
    const points = (writer: BatchWriter, step: number): Buffer => writer.log({ [pick(names)]: below(100) }, step).body();
    for (let turn = 0; turn < 150; turn++) {
      const i = below(ids.length);
      const id = ids[i]!;
      const at = below(12);
      if (turn < 6 || at < 5) {
        const body = points(pick(writers[turn % 3]!), turn);
        await both((store) => store.takeRecords(ids[turn % 3]!, body));
      } else if (at < 7) {
        const body = points(new BatchWriter("ava-reparse"), turn);
        const head = { n: ++reparses[i]!, rules: [], logBytes: 0 };
        await both((store) => store.addReparsed(id, head, body, true));
      } else if (at < 9 && reparses[i]! > 0) {
        const n = 1 + below(reparses[i]!);
        await both((store) => store.undoReparse(id, n));
      } else if (at === 9) {
        await both((store) => store.deleteInstance(id));
        await compare((store) => listed(store, query(metric("loss"))));
        await both((store) => store.restoreInstance(id));
      } else if (at === 10) await pick(replicas).seal();
      if (chance(0.3)) await compare((store) => seen(store, names));
    }
    expect(said).toEqual(expected);
    const replica = await openReplica(url, now);
    expect(await seen(replica, names)).toEqual(await seen(memory, names));
    for (const figure of FIGURES) {
      const field: MetricField = { ...metric("loss", figure), labels: { rank: "1" } };
      expect(await listed(replica, query(field))).toEqual(await listed(memory, query(field)));
    }
    // Some two thousand lists, each of several statements.
  }, 120_000);

  test("figures that a replica of the version before has left behind are not shown", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    const columns = "live_pos, live_names, live_figures";
    await sql(url, `CREATE TABLE before AS SELECT ${columns} FROM ava.instances`);
    await store.takeRecords("one", writer.log({ loss: 2 }, 2).body());
    // The version before does not know the columns: they stay as they were.
    await sql(url, `UPDATE ava.instances SET (${columns}) = (SELECT ${columns} FROM before)`);
    const isTwo = { field: metric("loss"), operator: "=", operand: { text: "2", number: 2 } } as const;
    const replica = await openReplica(url, now);
    expect(await listed(replica, query(metric("loss"), { terms: [isTwo] }))).toEqual([["one"], 1]);
    await store.takeRecords("two", new BatchWriter("writer-two").log({ loss: 1.5 }, 1).body());
    expect(await listed(replica, query(metric("loss")))).toEqual([["one", "two"], 2]);
    // The next commit of this version tells again.
    await replica.takeRecords("one", writer.log({ loss: 1.75 }, 3).body());
    expect(await sql(url, "SELECT live_figures FROM ava.instances WHERE live_pos = pos AND id = 'one'")).toBe("{1.75,1,2,3}");
  });

  test("an instance with many metrics is loaded, and its row tells again once it is sealed", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i]));
    await store.takeRecords("one", writer.log(many, 1).body());
    await store.takeRecords("one", writer.log({ loss: 1 }, 2).body());
    await store.takeRecords("two", new BatchWriter("writer-two").log({ loss: 2, m64: 1 }, 1).body());
    expect(await sql(url, "SELECT id FROM ava.instances WHERE live_pos IS NULL")).toBe("one");
    const names = ["m64", "loss"];
    const lists = async (): Promise<unknown> =>
      Promise.all(names.map(async (name) => listed(await openReplica(url, now), query(metric(name)))));
    const expected = [
      [["one", "two"], 2],
      [["two", "one"], 2],
    ];
    expect(await lists()).toEqual(expected);
    await store.seal();
    await store.takeRecords("one", writer.log({ loss: 1.5 }, 3).body());
    expect(await sql(url, "SELECT live_names, live_figures FROM ava.instances WHERE live_pos = pos AND id = 'one'")).toBe(
      "{loss}|{1.5,1,1.5,2}",
    );
    expect(await lists()).toEqual(expected);
  });
});
