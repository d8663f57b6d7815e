import { describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import type { PlatformError } from "../../error.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import type { SeriesWindow, WindowColumns, WindowQuery } from "./window.js";

type Columns = Pick<WindowColumns, "x" | "min" | "max" | "last" | "count" | "nan">;

/** What a window holds, point by point. */
function bruteForce(points: readonly { x: number; value: number }[], from: number, to: number, buckets: number): Columns {
  const inside = points.filter(({ x }) => x >= from && x <= to);
  const bucketOf = (x: number): number => (x >= to ? buckets - 1 : Math.min(buckets - 1, Math.floor(((x - from) / (to - from)) * buckets)));
  const groups =
    inside.length < buckets
      ? inside.map((point) => [point])
      : Array.from({ length: buckets }, (_, bucket) => inside.filter(({ x }) => bucketOf(x) === bucket)).filter(
          (group) => group.length > 0,
        );
  const numbers = groups.map((group) => group.map(({ value }) => value).filter((value) => !Number.isNaN(value)));
  return {
    x: Float64Array.from(groups, (group) => group.at(-1)!.x),
    min: Float64Array.from(numbers, (group) => (group.length === 0 ? Number.NaN : Math.min(...group))),
    max: Float64Array.from(numbers, (group) => (group.length === 0 ? Number.NaN : Math.max(...group))),
    last: Float64Array.from(groups, (group) => group.at(-1)!.value),
    count: Float64Array.from(groups, (group) => group.length),
    nan: Float64Array.from(groups, (group, i) => group.length - numbers[i]!.length),
  };
}

describe.each(DRIVERS)("windows and log text of a store: %s", (_name, openDriver) => {
  test("windows are exact on every axis, also with steps that go back and NaN", async () => {
    const random = randomOf(seedOfTest()).next;
    const { store, replica, reopen } = await openDriver(() => 0);
    const writer = new BatchWriter("writer-one");
    const points = Array.from({ length: 9000 }, (_, i) => ({
      step: random() < 0.001 ? Math.floor(random() * i) : i,
      epoch: Math.floor(i / 1000),
      timeNs: BigInt(i) * 1_000_000_000n,
      value: random() < 0.02 ? Number.NaN : random() < 0.01 ? Number.POSITIVE_INFINITY : random() * 2 - 1,
    }));
    for (const [i, { step, epoch, timeNs, value }] of points.entries()) {
      writer.log({ loss: value }, step, epoch, timeNs);
      if (i % 1500 === 1499) await store.takeRecords("one", writer.body());
    }
    const xOf = { step: (at: number) => points[at]!.step, epoch: (at: number) => points[at]!.epoch, time: (at: number) => at * 1000 };
    for await (const one of beforeAndAfter({ replica, reopen })) {
      for (const axis of ["step", "epoch", "time"] as const) {
        const flat = points.map(({ value }, at) => ({ x: xOf[axis](at), value }));
        const high = Math.max(...flat.map(({ x }) => x));
        for (const buckets of [1, 7, 100, 1000]) {
          const [from, to] = [random() * high, random() * high].sort((a, b) => a - b) as [number, number];
          const [answer] = await one.windows([{ instance: "one", name: "loss", axis, from, to, buckets }]);
          expect((answer as SeriesWindow).columns).toMatchObject(bruteForce(flat, from, to, buckets));
        }
      }
    }
  });

  test("several questions at once: one that cannot be answered gives its error, the others their windows", async () => {
    const { store, replica } = await openDriver(() => 0);
    await store.takeRecords("one", new BatchWriter("writer-one", { rank: "0" }).log({ loss: 1, acc: 2 }, 1).body());
    await store.takeRecords("one", new BatchWriter("writer-two", { rank: "1" }).log({ loss: 3 }, 1).body());
    const query = (rest: Partial<WindowQuery>): WindowQuery => ({ instance: "one", name: "loss", axis: "step", buckets: 10, ...rest });
    const answers = await replica.windows([
      query({ labels: { rank: "1" } }),
      query({}),
      query({ name: "none" }),
      query({ instance: "two" }),
      query({ name: "acc", from: 2, to: 1 }),
      query({ name: "acc" }),
    ]);
    expect(answers.map((answer) => (answer as PlatformError).code ?? (answer as SeriesWindow).columns?.last)).toEqual([
      Float64Array.of(3),
      "ambiguous_series",
      "not_found",
      "not_found",
      "bad_request",
      Float64Array.of(2),
    ]);
  });

  test("a series that has not grown since a version is answered without its columns", async () => {
    const { store, replica } = await openDriver(() => 0);
    const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1);
    await store.takeRecords("one", writer.body());
    const query: WindowQuery = { instance: "one", name: "loss", axis: "step", buckets: 10 };
    const [first] = (await replica.windows([query])) as [SeriesWindow];
    expect(first).toMatchObject({ version: 1, columns: { isRaw: true, x: Float64Array.of(1) } });
    const [same] = (await replica.windows([{ ...query, since: first.version }])) as [SeriesWindow];
    expect(same).toEqual({ name: "loss", labels: {}, version: 1, axis: "step" });
    await store.takeRecords("one", writer.log({ loss: 2 }, 2).body());
    const [grown] = (await replica.windows([{ ...query, since: first.version }])) as [SeriesWindow];
    expect(grown).toMatchObject({ version: 2, columns: { x: Float64Array.of(1, 2) } });
  });

  test("log text: stretches, the end, the records in it, and a search across all of it", async () => {
    const { store, replica, reopen } = await openDriver(() => 0);
    await store.putFacts("two", { state: "done" });
    const writer = new BatchWriter("writer-one");
    const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i} of a log that is longer than what is read at a time\n`);
    for (let at = 0; at < lines.length; at += 3000) {
      for (const line of lines.slice(at, at + 3000)) writer.print(line);
      await store.takeRecords("one", writer.body());
    }
    const text = lines.join("");
    for await (const one of beforeAndAfter({ replica, reopen })) {
      const middle = await one.readLog("one", { start: 1_000_000, bytes: 500_000 });
      expect(middle).toMatchObject({ start: 1_000_000, size: text.length, isOver: false, damage: [] });
      expect(middle.bytes.toString()).toBe(text.slice(1_000_000, 1_500_000));
      expect(await one.readLog("one", { start: text.length + 5, bytes: 10 })).toMatchObject({ start: text.length, bytes: Buffer.alloc(0) });
      expect((await one.readLog("one", { lastBytes: 100 })).bytes.toString()).toBe(text.slice(-100));
      const marks = await one.readLogMarks("one", 0, lines[0]!.length + 1);
      expect(marks).toEqual([
        { offset: 0, timeNs: 1n, stream: marks[0]!.stream },
        { offset: lines[0]!.length, timeNs: 1n, stream: marks[0]!.stream },
      ]);
      const needle = Buffer.from("00 of a log that");
      const first = await one.searchLog("one", needle, 0, 3);
      expect(first.offsets).toHaveLength(3);
      const rest = await one.searchLog("one", needle, first.nextStart!, 1000);
      const found = [...first.offsets, ...rest.offsets];
      expect(found).toEqual([...text.matchAll(/00 of a log that/g)].map(({ index }) => index));
      expect(rest).not.toHaveProperty("nextStart");
      expect(await one.readLog("two", { lastBytes: 9 })).toMatchObject({ start: 0, size: 0, isOver: true });
      await expect(one.readLog("none", { lastBytes: 1 })).rejects.toMatchObject({ code: "not_found" });
    }
  });
});
