import { RECORD_TYPE } from "ava-protocol";
import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import { exported, idsOf, seriesOf } from "../../testing/seen.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

describe.each(DRIVERS)("commands to a store: %s", (_name, openDriver) => {
  const open = () => openDriver(() => START_MS);

  test("a body is taken once, however often it comes, to whatever replica", async () => {
    const { store, replica } = await open();
    const writer = new BatchWriter("writer-one").log({ loss: 1, lr: 0.1 }, 1).log({ loss: 2 }, 2).print("hello\n");
    const body = writer.body();
    const answers = await Promise.all([store, replica, store, replica].map((one) => one.takeRecords("one", body)));
    expect(answers).toEqual(answers.map(() => ({ ack: writer.seq })));
    expect(await store.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect((await replica.series("one")).map(({ name, count }) => [name, count])).toEqual([
      ["loss", 2],
      ["lr", 1],
    ]);
    expect(await replica.instance("one")).toMatchObject({ id: "one", training: "demo", logBytes: 6, facts: { state: "running" } });
  });

  test("of a body that overlaps what is known, the new records are taken", async () => {
    const { store, replica } = await open();
    const short = new BatchWriter("writer-one").log({ loss: 1 }, 1);
    const long = new BatchWriter("writer-one").log({ loss: 1 }, 1).log({ loss: 2 }, 2);
    await store.takeRecords("one", short.body());
    expect(await replica.takeRecords("one", long.body())).toEqual({ ack: 3 });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 2, last: 2, lastStep: 2 });
  });

  test("many writers at once on all replicas: every point once, those of a writer in their order", async () => {
    const { store, replica } = await open();
    const writers = Array.from({ length: 12 }, (_, rank) => new BatchWriter(`writer-${rank}`, { rank: String(rank) }));
    await Promise.all(
      writers.map(async (writer, rank) => {
        for (let step = 0; step < 20; step++) {
          const body = writer.log({ loss: rank }, step).body();
          // Each is sent twice at once, as by a shipper whose first try timed out.
          const answers = await Promise.all([store.takeRecords("one", body), replica.takeRecords("one", body)]);
          expect(answers).toEqual([{ ack: writer.seq }, { ack: writer.seq }]);
        }
      }),
    );
    const lines = (await exported(store, ["one"], { format: "jsonl" })).trim().split("\n");
    const points = lines.map((line) => JSON.parse(line) as { labels: { rank: string }; step: number });
    for (const { id } of writers) {
      const steps = points.filter(({ labels }) => `writer-${labels.rank}` === id).map(({ step }) => step);
      expect(steps).toEqual(Array.from({ length: 20 }, (_, step) => step));
    }
  });

  test("a body behind a gap is refused with the acknowledgement and changes nothing; naming it as the expected one declares the rest lost", async () => {
    const { store, replica } = await open();
    const writer = new BatchWriter("writer-one");
    const { ack } = await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    writer.log({ loss: 2 }, 2).body();
    const late = writer.log({ loss: 3 }, 3);
    await expect(replica.takeRecords("one", late.body())).rejects.toMatchObject({ code: "seq_gap", ack });
    await expect(replica.takeRecords("new", writer.log({ loss: 4 }, 4).body())).rejects.toMatchObject({ code: "seq_gap", ack: 0 });
    await expect(store.instance("new")).rejects.toMatchObject({ code: "not_found" });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
    expect(await store.takeRecords("one", writer.log({ loss: 5 }, 5).body(ack))).toEqual({ ack: writer.seq });
    expect(await seriesOf(replica, "one", "loss")).toMatchObject({ count: 2, last: 5 });
  });

  test("a series may have any number in its writer's definitions", async () => {
    const { store, replica } = await open();
    const writer = new BatchWriter("writer-one").add({ type: "series", id: 0xffff_fffe, name: "loss", labels: {} });
    writer.add({ type: "points", step: 1, timeNs: 1n, ids: [0xffff_fffe], values: [0.5] });
    expect(await store.takeRecords("one", writer.body())).toEqual({ ack: 2 });
    expect(await seriesOf(replica, "one", "loss")).toMatchObject({ count: 1, last: 0.5 });
  });

  test("nothing of a damaged body is taken", async () => {
    const { store } = await open();
    const body = new BatchWriter("writer-one").log({ loss: 1 }, 1).log({ loss: 2 }, 2).body();
    body[body.length - 1]! ^= 1;
    await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "bad_records" });
    await expect(store.takeRecords("one", Buffer.from("AVA"))).rejects.toMatchObject({ code: "bad_records" });
    expect(await idsOf(store)).toEqual([]);
  });

  test("a record that can never be taken is passed, told once and counted", async () => {
    const { store, replica } = await open();
    const writer = new BatchWriter("writer-one").log({ loss: 1, "": 2 }, 1).addRaw(99, "from the future");
    const body = writer.body();
    const answer = await store.takeRecords("one", body);
    expect(answer).toMatchObject({ ack: writer.seq, refused: expect.arrayContaining([expect.objectContaining({ code: "unknown_type" })]) });
    expect(await replica.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect((await replica.instance("one")).drops).toMatchObject({ points: 1, unknownRecords: 1 });
    expect(RECORD_TYPE).not.toHaveProperty("99");
    await store.takeRecords("one", writer.log({ loss: 3 }, 2).body());
    expect(await seriesOf(replica, "one", "loss")).toMatchObject({ count: 2, last: 3 });
  });

  test("NaN, infinities, the zero below zero, absent epochs and steps that go back are kept as they came", async () => {
    const { store, replica, reopen } = await open();
    const values = [Number.NaN, Number.POSITIVE_INFINITY, -0, Number.NEGATIVE_INFINITY, 5e-324, 1.7976931348623157e308];
    const steps = [3, 1, 1, 2 ** 53, -1.5, 0];
    const writer = new BatchWriter("writer-one");
    for (const [i, value] of values.entries()) writer.log({ loss: value }, steps[i]!, i === 2 ? 7.5 : undefined, 2n ** 62n + BigInt(i));
    await store.takeRecords("one", writer.body());
    for await (const one of beforeAndAfter({ replica, reopen })) {
      const found: unknown[] = [];
      for await (const { rows } of one.points("one", false)) {
        for (let row = 0; row < rows.count; row++) found.push([rows.step[row], rows.value[row], rows.epoch[row]]);
      }
      expect(found).toEqual(values.map((value, i) => [steps[i], value, i === 2 ? 7.5 : Number.NaN]));
      expect(await seriesOf(one, "one", "loss")).toMatchObject({ min: Number.NEGATIVE_INFINITY, firstTimeNs: 2n ** 62n, lastStep: 0 });
    }
  });

  test("an instance of 100,000 series", { timeout: 600_000 }, async () => {
    const { store, replica, reopen } = await open();
    const names = Array.from({ length: 100_000 }, (_, i) => `metric/${i}`);
    for (let start = 0; start < names.length; start += 4000) {
      // One writer would define all of them again in front of each body.
      const writer = new BatchWriter(`writer-${start}`);
      writer.log(Object.fromEntries(names.slice(start, start + 4000).map((name, i) => [name, start + i])), 1);
      await store.takeRecords("one", writer.body());
    }
    const again = (await reopen?.()) ?? replica;
    const series = await again.series("one");
    expect(series.length).toBe(100_000);
    expect(series.every(({ name, last, count }, i) => name === names[i] && last === i && count === 1)).toBe(true);
    const [window] = await again.windows([{ instance: "one", name: "metric/99999", axis: "step", buckets: 10 }]);
    expect(window).toMatchObject({ columns: { x: Float64Array.of(1), last: Float64Array.of(99_999) } });
  });
});
