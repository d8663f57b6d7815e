import { describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import { findPointsOf, type SeriesPoints } from "./points.js";
import type { SeriesWindow, WindowQuery } from "./window.js";

const QUERY: WindowQuery = { instance: "one", name: "loss", axis: "step", buckets: 20_000 };

describe.each(DRIVERS)("points and segments of a store: %s", (_name, openDriver) => {
  test("points of a window, and those outside a range of values, are counted all and given with all that was recorded", async () => {
    const { next: random } = randomOf(seedOfTest());
    const { store, replica, reopen } = await openDriver(() => 0);
    const writer = new BatchWriter("writer-one");
    const points = Array.from({ length: 10_000 }, (_, i) => ({
      step: random() < 0.001 ? Math.floor(i / 2) : i,
      epoch: i % 2 === 0 ? Math.floor(i / 100) : Number.NaN,
      timeNs: 1_767_225_600_000_000_000n + BigInt(i) * 1_000_000n,
      value: random() < 0.01 ? Number.NaN : random() < 0.001 ? random() * 100 : random(),
    }));
    for (const { step, epoch, timeNs, value } of points) {
      writer.log({ loss: value }, step, Number.isNaN(epoch) ? undefined : epoch, timeNs);
    }
    await store.takeRecords("one", writer.body());
    for await (const one of beforeAndAfter({ replica, reopen })) {
      for (const range of [{}, { from: 2000, to: 7000 }, { from: 5000, to: 5000 }, { from: -5, to: -1 }]) {
        for (const values of [{}, { above: 1 }, { below: 0.001, above: 50 }]) {
          const { from = -Infinity, to = Infinity } = range as { from?: number; to?: number };
          const { below = -Infinity, above = Infinity } = values as { below?: number; above?: number };
          const isAny = Object.keys(values).length === 0;
          const wanted = points.filter(({ step, value }) => step >= from && step <= to && (isAny || value < below || value > above));
          const { instance, name, axis } = QUERY;
          const found: SeriesPoints = await findPointsOf(one, { instance, name, axis, most: 10, ...range, ...values });
          expect(found).toEqual({ name: "loss", labels: {}, total: wanted.length, points: wanted.slice(-10), damage: [] });
        }
      }
      const asked = { axis: "step", most: 1 } as const;
      const answers = one.findPoints([
        { instance: "one", name: "none", ...asked },
        { instance: "one", name: "loss", from: 7000, to: 7000, ...asked },
        { instance: "none", name: "loss", ...asked },
      ]);
      const last = points.findLast(({ step }) => step === 7000);
      expect(await answers).toMatchObject([{ code: "not_found" }, { points: [last] }, { code: "not_found" }]);
    }
  });

  test("places where the steps go back are told, and what lies between them can be asked for by itself", async () => {
    const { store, replica, reopen } = await openDriver(() => 0);
    const writer = new BatchWriter("writer-one");
    const steps = [...count(0, 6000), ...count(5000, 7000), Number.NaN, ...count(100, 3000)];
    for (const [i, step] of steps.entries()) writer.log({ loss: i }, step, undefined, BigInt(i));
    await store.takeRecords("one", writer.body());
    for await (const one of beforeAndAfter({ replica, reopen })) {
      const [told] = (await one.windows([{ ...QUERY, rewinds: 20 }])) as [SeriesWindow];
      expect(told.columns!.rewinds).toEqual([
        { point: 6000, from: 5999, to: 5000 },
        { point: 8001, from: 6999, to: 100 },
      ]);
      const [second] = (await one.windows([{ ...QUERY, segment: [6000, 8001] }])) as [SeriesWindow];
      expect(second.columns!.x).toEqual(Float64Array.from(count(5000, 7000)));
      expect(second.columns!.last).toEqual(Float64Array.from(count(6000, 8000)));
      const [unordered] = (await one.windows([{ ...QUERY, rewinds: 1 }])) as [SeriesWindow];
      expect(unordered.columns!.rewinds).toEqual([]);
    }
  });
});

function count(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
