import { describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import type { ReparseHead } from "./reparse.js";
import type { Store } from "./store.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const HEAD: ReparseHead = { n: 1, rules: ["loss (?<loss>\\S+)"], logBytes: 6 };

/** A part of a reparse: a body of points. */
function part(values: Record<string, number>, step: number): Uint8Array {
  return new BatchWriter("ava-reparse").log(values, step).body();
}

/** Values of all series, in order of arrival. */
async function valuesIn(store: Store): Promise<Record<string, number[]>> {
  const values: Record<string, number[]> = {};
  for await (const { name, rows } of store.points("one", false))
    values[name] = [...(values[name] ?? []), ...rows.value.subarray(0, rows.count)];
  return values;
}

describe.each(DRIVERS)("reparses in a store: %s", (_name, openDriver) => {
  test("a second undo of a reparse changes nothing, and what comes after it is shown", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ lr: 1 }, 1).body());
    await store.addReparsed("one", HEAD, part({ loss: 2 }, 2), true);
    await store.undoReparse("one", 1);
    await store.undoReparse("one", 1);
    await replica.takeRecords("one", writer.log({ lr: 2 }, 2).body());
    const whole = { lr: [1, 2] };
    expect([await valuesIn(store), await valuesIn(replica)]).toEqual([whole, whole]);
  });

  test("one at a time has the turn to reparse an instance, on all replicas; points of one that was taken back, or of another one, are refused", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    await store.takeRecords("one", new BatchWriter("writer-one").log({ lr: 1 }, 1).body());
    const end = await store.takeReparseTurn("one");
    await expect(replica.takeReparseTurn("one")).rejects.toMatchObject({ code: "conflict" });
    await (await replica.takeReparseTurn("two"))();
    await end();
    await (await replica.takeReparseTurn("one"))();

    const head = { ...HEAD, by: "first" };
    await store.addReparsed("one", head, part({ loss: 1 }, 1), false);
    await expect(replica.addReparsed("one", { ...head, by: "second" }, part({ loss: 2 }, 2), true)).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(replica.undoReparse("one", 1, "second")).rejects.toMatchObject({ code: "conflict" });
    await replica.undoReparse("one", 1, "first");
    await expect(store.addReparsed("one", head, part({ loss: 3 }, 3), true)).rejects.toMatchObject({ code: "conflict" });
    await replica.addReparsed("one", { ...head, n: 3, by: "second" }, part({ loss: 4 }, 4), true);
    await expect(store.addReparsed("one", { ...head, n: 2 }, part({ loss: 5 }, 5), true)).rejects.toMatchObject({ code: "conflict" });
    expect(await valuesIn(store)).toEqual({ lr: [1], loss: [4] });
    expect((await store.instance("one")).reparses.map(({ n, state }) => [n, state])).toEqual([
      [1, "undone"],
      [3, "done"],
    ]);
  });

  test("what was added comes part by part, is listed, and does not count as a sign of life", async () => {
    let nowMs = START_MS;
    const { store, replica, reopen } = await openDriver(() => nowMs);
    await store.takeRecords("one", new BatchWriter("writer-one").log({ lr: 1 }, 1).print("hello\n").body());
    nowMs += 100_000;
    expect(await replica.addReparsed("one", HEAD, part({ loss: 1 }, 1), false)).toEqual({ refusedPoints: 0 });
    expect((await store.instance("one")).reparses).toMatchObject([{ ...HEAD, state: "adding", startedMs: nowMs }]);
    await store.addReparsed("one", HEAD, part({ loss: 2, acc: 0.5 }, 2), false);
    await store.addReparsed("one", HEAD, new Uint8Array(0), true);
    for await (const one of beforeAndAfter({ replica, reopen })) {
      const { reparses, heartbeatMs, facts } = await one.instance("one");
      const series = [
        { name: "loss", labels: {}, points: 2 },
        { name: "acc", labels: {}, points: 1 },
      ];
      expect(reparses).toEqual([{ ...HEAD, state: "done", startedMs: nowMs, series }]);
      expect([heartbeatMs, facts.state]).toEqual([START_MS, "running"]);
      expect(await valuesIn(one)).toEqual({ lr: [1], loss: [1, 2], acc: [0.5] });
    }
  });

  test("what is undone is gone for good, once; the rest stays", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.takeRecords("one", new BatchWriter("writer-one").log({ lr: 1 }, 1).body());
    await store.addReparsed("one", HEAD, part({ loss: 1, lr: 2 }, 1), true);
    await replica.undoReparse("one", 1);
    await store.undoReparse("one", 1);
    await expect(replica.undoReparse("one", 2)).rejects.toMatchObject({ code: "not_found" });
    await expect(replica.addReparsed("two", HEAD, part({ loss: 1 }, 1), true)).rejects.toMatchObject({ code: "not_found" });
    for await (const one of beforeAndAfter({ replica, reopen })) {
      expect((await one.instance("one")).reparses).toMatchObject([{ n: 1, state: "undone" }]);
      expect(await valuesIn(one)).toEqual({ lr: [1] });
      expect((await one.series("one")).map(({ name, count }) => [name, count])).toEqual([["lr", 1]]);
    }
  });

  test("points that break a rule are counted, the others are added", async () => {
    const { store } = await openDriver(() => START_MS);
    await store.takeRecords("one", new BatchWriter("writer-one").log({ lr: 1 }, 1).body());
    const answer = await store.addReparsed("one", HEAD, part({ ["x".repeat(600)]: 1, loss: 2 }, 1), true);
    expect(answer).toMatchObject({ refusedPoints: 1, reason: expect.stringContaining("512") });
    expect(await valuesIn(store)).toEqual({ lr: [1], loss: [2] });
    expect((await store.instance("one")).drops.points).toBe(0);
  });

  test("undoing removes exactly what was added, in whatever order points of the run and of reparses came", async () => {
    const random = randomOf(seedOfTest());
    const { store, replica, reopen } = await openDriver(() => START_MS);
    const live = new BatchWriter("writer-one");
    const model: Record<string, { value: number; owner: number }[]> = { a: [], b: [] };
    let value = 0;
    let last = 0;
    let one = replica;
    await store.takeRecords("one", live.log({ start: 1 }, 0).body());
    const fill = (writer: BatchWriter, owner: number): Uint8Array => {
      for (let count = 1 + random.below(random.chance(0.2) ? 5000 : 40); count > 0; count--) {
        const name = random.pick(["a", "b"]);
        writer.log({ [name]: value }, value);
        model[name]!.push({ value: value++, owner });
      }
      return writer.body();
    };
    for (let turn = 0; turn < 40; turn++) {
      const chance = random.below(10);
      if (chance < 3) await one.takeRecords("one", fill(live, 0));
      else if (chance < 7) {
        const isUndone = (await one.instance("one")).reparses.find(({ n }) => n === last)?.state === "undone";
        if (last === 0 || isUndone || random.chance(0.5)) last++;
        await one.addReparsed("one", { ...HEAD, n: last }, fill(new BatchWriter("ava-reparse"), last), random.chance(0.5));
      } else if (chance < 9 && last > 0) {
        const n = 1 + random.below(last);
        await one.undoReparse("one", n);
        for (const name of ["a", "b"]) model[name] = model[name]!.filter(({ owner }) => owner !== n);
      } else if (reopen !== undefined) {
        // A platform that starts takes back what it had not added to the end.
        for (const { n, state } of (await one.instance("one")).reparses)
          if (state === "adding") await one.addReparsed("one", { ...HEAD, n }, new Uint8Array(0), true);
        one = await reopen();
      }
      const expected = Object.fromEntries(Object.entries(model).filter(([, points]) => points.length > 0));
      const { start, ...found } = await valuesIn(one);
      expect([start, found]).toEqual([
        [1],
        Object.fromEntries(Object.entries(expected).map(([name, points]) => [name, points.map((point) => point.value)])),
      ]);
    }
  });
});
