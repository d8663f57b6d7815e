import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { beforeAndAfter, DRIVERS } from "../../testing/drivers.js";
import { idsOf, seriesOf } from "../../testing/seen.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;

describe.each(DRIVERS)("facts, lines and models of a store: %s", (_name, openDriver) => {
  const line = (value: number): Buffer =>
    Buffer.from(`ava_metric_training_loss,id=one,epoch=0,batch=7 value=${value} 1528885285756645000\n`);

  test("facts make an instance; absent ones stay; a view is not changed by what comes later", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putFacts("one", { host: "node-7", params: { lr: 0.1 } });
    const before = await replica.instance("one");
    expect(before).toMatchObject({ training: "default", facts: { state: "running", host: "node-7" }, heartbeatMs: START_MS, damage: [] });
    await replica.putFacts("one", { training: "t", state: "failed", end: { message: "out of memory" } });
    const after = await store.instance("one");
    expect(after).toMatchObject({ training: "t", facts: { state: "failed", host: "node-7", end: { message: "out of memory" } } });
    expect(before.facts).toMatchObject({ state: "running" });
    const again = (await reopen?.()) ?? replica;
    expect(await again.instance("one")).toEqual(after);
  });

  test("what is asked for by a name with a NUL is not there: it is not a fault of the store", async () => {
    const { store } = await openDriver(() => START_MS);
    await store.putFacts("one", {});
    const name = "o\0ne";
    for (const ask of [
      () => store.instance(name),
      () => store.series(name),
      () => store.readLog(name, { lastBytes: 1 }),
      () => store.requestStop(name, "enough"),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: expect.stringMatching(/^(?:not_found|bad_request)$/) as string });
    }
    await store.putFacts("two", { params: { text: name }, note: "n" });
    expect(await store.instance("two")).toMatchObject({ training: "default" });
  });

  test("a body whose sender has seen other records than the instance has now is refused, whatever replica took them", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    const add = (name: string) => new BatchWriter(name).add({ type: "event", event: { event: "snapshot", step: 1 } }).body();
    await store.takeRecords("one", add("writer-a"), 0);
    const { records } = await replica.instance("one");
    await expect(replica.takeRecords("one", add("writer-b"), 0)).rejects.toMatchObject({ code: "conflict" });
    await replica.takeRecords("one", add("writer-b"), records);
    const again = (await reopen?.()) ?? store;
    await expect(again.takeRecords("one", add("writer-c"), records)).rejects.toMatchObject({ code: "conflict" });
    await again.takeRecords("one", add("writer-c"), (await again.instance("one")).records);
    expect((await again.instance("one")).events).toHaveLength(3);
  });

  test("events and drops that writers tell, and the request to stop, which answers say until the run begins again", async () => {
    let nowMs = START_MS;
    const { store, replica } = await openDriver(() => nowMs);
    await expect(store.requestStop("one", "enough")).rejects.toMatchObject({ code: "not_found" });
    const writer = new BatchWriter("writer-one").add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
    await store.takeRecords("one", writer.add({ type: "drops", drops: { points: 3, logBytes: 4, events: 0 } }).body());
    await replica.requestStop("one", "enough");
    expect(await store.instance("one")).toMatchObject({
      events: [{ event: "snapshot", step: 5, file: "a.bin" }],
      drops: { points: 3, logBytes: 4 },
      stopRequested: { reason: "enough" },
    });
    expect(await replica.takeRecords("one", writer.body())).toEqual({ ack: writer.seq, stop: { reason: "enough" } });
    nowMs += 1000;
    const again = new BatchWriter("writer-two").add({
      type: "facts",
      facts: { state: "running", startTime: new Date(nowMs).toISOString() },
    });
    expect(await store.takeRecords("one", again.body())).toEqual({ ack: 1 });
    await store.takeRecords("one", again.add({ type: "facts", facts: { state: "done" } }).body());
    await replica.requestStop("one", "too late");
    // A run that is started again asks where it stands, and its second journal may come before its start.
    const third = new BatchWriter("writer-three");
    expect(await store.takeRecords("one", third.body())).toEqual({ ack: 0 });
    const beside = new BatchWriter("writer-beside").add({ type: "facts", facts: { os: "Linux" } });
    expect(await replica.takeRecords("one", beside.body())).toEqual({ ack: 1 });
    expect(await store.takeRecords("one", again.body())).toEqual({ ack: 2, stop: { reason: "too late" } });
    nowMs += 1000;
    expect(await store.takeRecords("one", third.add({ type: "facts", facts: { state: "running" } }).body())).toEqual({ ack: 1 });
  });

  test("a deleted instance is in no list, takes nothing and answers nothing, until it is restored as it was", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1).print("line\n");
    await store.takeRecords("one", writer.body());
    await store.putFacts("two", { training: "demo" });
    const before = await replica.instance("one");
    await expect(replica.deleteInstance("none")).rejects.toMatchObject({ code: "not_found" });
    await replica.deleteInstance("one");
    const again = (await reopen?.()) ?? store;
    const deleted = { code: "deleted", message: expect.stringContaining("2026-01-08T00:00:00.000Z") };
    const body = writer.log({ loss: 2 }, 2).body();
    const refused = await Promise.allSettled([
      again.takeRecords("one", body),
      again.takeLines("one", line(1)),
      again.putFacts("one", {}),
      again.requestStop("one", "no"),
      again.deleteInstance("one"),
      again.instance("one"),
      again.series("one"),
      again.readLog("one", { lastBytes: 1 }),
    ]);
    expect(refused).toEqual(refused.map(() => ({ status: "rejected", reason: expect.objectContaining(deleted) })));
    expect(await again.windows([{ instance: "one", name: "loss", axis: "step", buckets: 1 }])).toMatchObject([{ code: "deleted" }]);
    expect(await idsOf(again)).toEqual(["two"]);
    expect(await again.trainings(0)).toMatchObject([{ name: "demo", instances: 1 }]);
    expect((await again.silent(0, START_MS + 1)).map(({ id }) => id)).toEqual(["two"]);
    expect(await again.figures()).toMatchObject({ instances: 1, series: 0 });
    await again.restoreInstance("one");
    await again.restoreInstance("one");
    expect(await again.instance("one")).toEqual(before);
    expect(await again.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect(await seriesOf(again, "one", "loss")).toMatchObject({ count: 2 });
    expect(await idsOf(again)).toEqual(["one", "two"]);
    await expect(again.restoreInstance("none")).rejects.toMatchObject({ code: "not_found" });
  });

  test("what was deleted is removed for good after seven days and an hour, and cannot be restored in the last of them", async () => {
    let nowMs = START_MS;
    const { store, replica, reopen } = await openDriver(() => nowMs);
    const sent = new BatchWriter("writer-one").log({ loss: 1 }, 1).print("line\n").body();
    for (const id of ["one", "two"]) await store.takeRecords(id, sent);
    await store.deleteInstance("one");
    nowMs += 7 * 24 * HOUR_MS;
    const again = (await reopen?.()) ?? replica;
    await expect(again.restoreInstance("one")).rejects.toMatchObject({ code: "deleted" });
    expect(await again.prune()).toBe(0);
    nowMs += 2 * HOUR_MS;
    expect(await again.prune()).toBe(1);
    expect(await again.prune()).toBe(0);
    await expect(again.instance("one")).rejects.toMatchObject({ code: "not_found" });
    expect(await again.takeRecords("one", new BatchWriter("writer-one").log({ acc: 1 }, 1).body())).toEqual({ ack: 2 });
    expect((await again.series("one")).map(({ name }) => name)).toEqual(["acc"]);
    expect(await again.readLog("one", { lastBytes: 9 })).toMatchObject({ size: 0 });
    expect(await idsOf(again)).toEqual(["one", "two"]);
  });

  test("lines: an equal body with times within two seconds is the same report; bad lines are counted", async () => {
    let nowMs = START_MS;
    const { store, replica } = await openDriver(() => nowMs);
    expect(await store.takeLines("one", line(1))).toEqual({ accepted: 1, rejected: 0 });
    nowMs += 1999;
    expect(await replica.takeLines("one", line(1))).toEqual({ accepted: 1, rejected: 0 });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1, lastStep: 7, firstTimeNs: 1528885285756645000n });
    nowMs += 1;
    await replica.takeLines("one", line(1));
    expect(await store.takeLines("one", Buffer.concat([line(2), Buffer.from("bad\n")]))).toEqual({ accepted: 1, rejected: 1 });
    expect(await seriesOf(replica, "one", "loss")).toMatchObject({ count: 3 });
    expect((await replica.instance("one")).drops).toMatchObject({ points: 1 });
    await expect(store.takeLines("two", Buffer.from("bad\n"))).rejects.toMatchObject({ code: "bad_line_protocol" });
    expect(await idsOf(replica)).toEqual(["one"]);
  });

  test("models: versions in their order, a spec that comes again is the same version, several at once are several", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    const spec = { name: "m", file: "a", trainingRef: { instanceID: "one" } };
    expect(await store.putModel(spec)).toMatchObject({ name: "m", version: "1", createdMs: START_MS, spec });
    expect(await replica.putModel(spec)).toMatchObject({ version: "1" });
    const specs = [2, 3, 4, 5].map((place) => ({ name: "m", file: String(place) }));
    const models = await Promise.all(specs.map((one, i) => (i % 2 === 0 ? store : replica).putModel(one)));
    expect(models.map(({ version }) => version).toSorted()).toEqual(["2", "3", "4", "5"]);
    expect(models.map(({ spec: { file } }) => file)).toEqual(["2", "3", "4", "5"]);
    await store.putModel({ name: "n", version: "v1", trainingRef: { instanceID: "one" } });
    const all = (await reopen?.()) ?? replica;
    expect((await all.models({ name: "m" })).map(({ version }) => version)).toEqual(["1", "2", "3", "4", "5"]);
    expect((await all.models({ instance: "one" })).map(({ name, version }) => [name, version])).toEqual([
      ["m", "1"],
      ["n", "v1"],
    ]);
    expect(await all.models({ name: "m", instance: "two" })).toEqual([]);
    expect(await all.models({})).toHaveLength(6);
  });

  test("the result of an evaluation is replaced by one of the same name", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    expect(await store.evaluation("e")).toBeUndefined();
    await store.putEvaluation("e", { top1: 0.5 });
    await replica.putEvaluation("e", { top1: 0.6 });
    const again = (await reopen?.()) ?? store;
    expect(await again.evaluation("e")).toEqual({ name: "e", createdMs: START_MS, result: { top1: 0.6 } });
    await again.putEvaluation("评估", {});
    await again.putEvaluation("e", { top1: 0.7 });
    expect((await again.evaluations()).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "e", createdMs: START_MS, result: { top1: 0.7 } },
      { name: "评估", createdMs: START_MS, result: {} },
    ]);
  });

  test("a view is replaced by one of its name, and is gone once it is deleted", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putView("fast ones", { filter: "params.lr>0.1" });
    await store.putView("工作", { sort: "id" });
    await replica.putView("fast ones", { filter: "params.lr>1", columns: ["params.lr"] });
    await replica.putView("old", {});
    await store.deleteView("old");
    await expect(store.deleteView("old")).rejects.toMatchObject({ code: "not_found" });
    await store.putView("again", { sort: "id" });
    await store.deleteView("again");
    await store.putView("again", { sort: "-id" });
    for await (const seen of beforeAndAfter({ replica, reopen })) {
      expect((await seen.views()).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { name: "again", changedMs: START_MS, view: { sort: "-id" } },
        { name: "fast ones", changedMs: START_MS, view: { filter: "params.lr>1", columns: ["params.lr"] } },
        { name: "工作", changedMs: START_MS, view: { sort: "id" } },
      ]);
    }
  });

  test("a store that is closed refuses what comes, and has kept nothing of it", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putFacts("one", {});
    await store.close();
    await expect(store.putFacts("two", {})).rejects.toMatchObject({ code: "stopping" });
    const kept = (await reopen?.()) ?? replica;
    expect(await idsOf(kept)).toEqual(["one"]);
  });
});
