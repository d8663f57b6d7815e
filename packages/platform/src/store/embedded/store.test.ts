import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InstanceFacts } from "ava-protocol";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { counted } from "../../counted.js";
import { describeInstance } from "../../query/instances.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { exported, idsOf, contentOf as seen, seriesOf } from "../../testing/seen.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore, type StoreOptions } from "./open.js";

const clock = { now: () => 1_700_000_000_000, lostAfterMs: 60_000 };

function open(dataDir: string, options: Partial<StoreOptions> = {}): EmbeddedStore {
  const store = openStore({ dataDir, now: clock.now, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Everything that a user can see of an instance. */
const contentOf = (store: EmbeddedStore, id: string): Promise<unknown> => seen(store, id, clock);

function fill(writer: BatchWriter, from: number, count: number): Buffer {
  for (let step = from; step < from + count; step++) {
    writer.log({ loss: step % 10 === 3 ? Number.NaN : 1 / (step + 1), "val/accuracy": step % 7 }, step % 1000, Math.floor(step / 50));
    if (step % 100 === 0) writer.print(`Iteration ${step}, löss = ${1 / (step + 1)}\n`);
  }
  return writer.body();
}

test("a store that was closed and opened again shows the same", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one", { rank: "3" });
  writer.add({ type: "facts", facts: { params: { lr: 0.1 }, host: "node-7", state: "running" } });
  writer.add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
  writer.add({ type: "drops", drops: { points: 3, logBytes: 4, events: 0, reason: "queue full" } });
  for (let batch = 0; batch < 10; batch++) {
    await store.takeRecords("one", fill(writer, batch * 950, 950));
    if (batch % 3 === 1) await store.checkpoint();
  }
  await store.requestStop("one", "enough");
  await store.putModel({ name: "m:epoch_1", file: "qiniu://1@z0/b/k" });
  await store.putEvaluation("e", { metric: { top1: 0.5 } });
  const before = await contentOf(store, "one");
  expect(before).toMatchObject({ detail: { paramsText: '{"lr": 0.1}', drops: { points: 3 }, stopRequested: { reason: "enough" } } });
  await store.close();
  const again = open(dataDir);
  expect(await contentOf(again, "one")).toEqual(before);
  expect(await again.models({ name: "m:epoch_1" })).toMatchObject([{ version: "1", spec: { file: "qiniu://1@z0/b/k" } }]);
  expect((await again.evaluation("e"))?.result).toEqual({ metric: { top1: 0.5 } });
  await again.takeRecords("one", fill(writer, 9500, 5000));
  expect((await seriesOf(again, "one", 'loss{"rank":"3"}'))?.count).toBe(14_500);
});

test("what was acknowledged and not checkpointed is read back from the log", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", fill(writer, 0, 6000));
  await store.checkpoint();
  await store.takeRecords("one", fill(writer, 6000, 6000));
  await store.takeLines("old", Buffer.from("ava_metric_training_loss,id=old,epoch=0,batch=7 value=0.5 1528885285756645000\n"));
  const again = open(copyAfterCrash(dataDir));
  expect(await contentOf(again, "one")).toEqual(await contentOf(store, "one"));
  expect(await contentOf(again, "old")).toEqual(await contentOf(store, "old"));
});

test("an unfinished request at the end of the log is told and passed over; all before it is kept", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", fill(writer, 0, 100));
  const before = await contentOf(store, "one");
  const segment = join("log", readdirSync(join(dataDir, "log"))[0]!);
  const wholeBytes = statSync(join(dataDir, segment)).size;
  await store.takeRecords("one", fill(writer, 100, 100));
  for (const cutAt of [wholeBytes + 1, wholeBytes + 11, wholeBytes + 40, wholeBytes + 300]) {
    const copy = copyAfterCrash(dataDir);
    truncateSync(join(copy, segment), cutAt);
    const warnings: string[] = [];
    const again = open(copy, { warn: (message) => warnings.push(message) });
    expect(await contentOf(again, "one")).toEqual(before);
    expect(warnings).toEqual([
      expect.stringContaining(`${counted(cutAt - wholeBytes, "byte")} of an unfinished request, which was never acknowledged`),
    ]);
  }
});

test("records are taken once, however often they are sent", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one");
  const first = fill(writer, 0, 10);
  const second = fill(writer, 10, 10);
  expect(await store.takeRecords("one", first)).toEqual({ ack: expect.any(Number) });
  const { ack } = await store.takeRecords("one", second);
  expect(ack).toBe(writer.seq);
  expect(await store.takeRecords("one", first)).toEqual({ ack });
  expect(await store.takeRecords("one", second)).toEqual({ ack });
  expect((await seriesOf(store, "one", "loss"))?.count).toBe(20);
});

test("a gap is refused with the seq that is known; naming it as prevSeq declares the rest lost", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one");
  const { ack } = await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
  writer.log({ loss: 2 }, 2).body();
  await expect(store.takeRecords("one", writer.log({ loss: 3 }, 3).body())).rejects.toMatchObject({ code: "seq_gap", ack });
  expect(await store.takeRecords("one", writer.log({ loss: 4 }, 4).body(ack))).toEqual({ ack: writer.seq });
  expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 2, last: 4 });
});

test("nothing of a body with a damaged record is taken", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one");
  const body = fill(writer, 0, 50);
  body[body.length - 3]! ^= 1;
  await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "bad_records" });
  await expect(store.takeRecords("one", body.subarray(0, 700))).rejects.toMatchObject({ code: "bad_records" });
  await expect(store.takeRecords("one", Buffer.from("AVA"))).rejects.toMatchObject({ code: "bad_records" });
  await expect(store.takeRecords("one", Buffer.alloc(0))).rejects.toMatchObject({ code: "bad_records" });
  expect(await idsOf(store)).toEqual([]);
});

test("an empty batch is a heartbeat and carries the request to stop", async () => {
  let nowMs = clock.now();
  const store = open(testFolder(), { now: () => nowMs });
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
  const shown = async (): Promise<string> => (await describeInstance(store, "one", { now: () => nowMs, lostAfterMs: 60_000 })).state;
  nowMs += 60_001;
  expect(await shown()).toBe("lost");
  await store.requestStop("one", "no use");
  expect(await store.takeRecords("one", writer.body())).toEqual({ ack: 2, stop: { reason: "no use" } });
  expect(await shown()).toBe("running");
});

test("a run that is started again is not stopped by what was meant for the one before", async () => {
  const store = open(testFolder());
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", writer.add({ type: "facts", facts: { state: "running" } }).body());
  await store.requestStop("one", "enough");
  expect(await store.takeRecords("one", writer.add({ type: "facts", facts: { state: "done" } }).body())).toMatchObject({
    stop: { reason: "enough" },
  });
  const again = new BatchWriter("writer-two").add({ type: "facts", facts: { state: "running" } });
  expect(await store.takeRecords("one", again.body())).toEqual({ ack: 1 });
});

test("a failure that one writer tells is not undone by another that is done; the first message stays the cause", async () => {
  const store = open(testFolder());
  const rank3 = new BatchWriter("rank3000").add({ type: "facts", facts: { state: "failed", end: { message: "out of memory" } } });
  const rank0 = new BatchWriter("rank0000").add({ type: "facts", facts: { state: "done", end: { exitCode: 0 } } });
  await store.takeRecords("one", rank3.body());
  await store.takeRecords("one", rank0.body());
  const facts = async () => (await store.instance("one")).facts;
  expect(await facts()).toMatchObject({ state: "failed", end: { message: "out of memory", exitCode: 0 } });
  await store.takeRecords("one", rank0.add({ type: "facts", facts: { state: "running" } }).body());
  expect(await facts()).toMatchObject({ state: "running" });
  await store.takeRecords("one", rank0.add({ type: "facts", facts: { state: "done" } }).body());
  expect(await facts()).toMatchObject({ state: "done" });
});

test("the start of an instance that arrives after its end does not make it run again; a later start does", async () => {
  const store = open(testFolder());
  const told = (writer: string, facts: InstanceFacts) =>
    store.takeRecords("one", new BatchWriter(writer).add({ type: "facts", facts }).body());
  await told("of-a-handler", { state: "failed", stopTime: "2026-11-23T10:00:05.250Z", end: { message: "signal 15" } });
  await told("of-the-run", { state: "running", startTime: "2026-11-23T10:00:05.100Z", training: "digits" });
  const facts = async () => (await store.instance("one")).facts;
  expect(await facts()).toMatchObject({
    state: "failed",
    training: "digits",
    startTime: "2026-11-23T10:00:05.100Z",
    end: { message: "signal 15" },
  });
  await told("resumed00", { state: "running", startTime: "2026-11-23T10:00:06.000Z" });
  expect(await facts()).toMatchObject({ state: "running" });
  expect((await facts()).end).toBeUndefined();
});

test("points of one series that lie more than 104 days apart keep their nanoseconds", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  const timesNs = [1n, 1_528_885_285_756_645_001n, 2n, -5n, 9_000_000_000_000_000_003n];
  timesNs.forEach((timeNs, step) => writer.log({ loss: step }, step, undefined, timeNs));
  await store.takeRecords("one", writer.body());
  await store.close();
  const times = (await exported(open(dataDir), ["one"], { format: "csv" })).match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g);
  expect(times).toEqual([
    "1970-01-01T00:00:00.000000001Z",
    "2018-06-13T10:21:25.756645001Z",
    "1970-01-01T00:00:00.000000002Z",
    "1969-12-31T23:59:59.999999995Z",
    "2255-03-14T16:00:00.000000003Z",
  ]);
});

test("a store of a newer platform is refused", async () => {
  const dataDir = testFolder();
  await open(dataDir).close();
  const db = new Database(join(dataDir, "store.db"));
  db.exec("UPDATE meta SET value = 99 WHERE key = 'version'");
  db.close();
  expect(() => openStore({ dataDir })).toThrow("version 99");
});

test("a log segment that a checkpoint made and did not come to use does not stand in the way", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", fill(writer, 0, 100));
  const copy = copyAfterCrash(dataDir);
  writeFileSync(join(copy, "log", "00000002.log"), "AVA");
  const again = open(copy);
  await again.takeRecords("one", fill(writer, 100, 100));
  expect((await seriesOf(again, "one", "loss"))?.count).toBe(200);
  await again.close();
  expect((await seriesOf(open(copy), "one", "loss"))?.count).toBe(200);
});

test("a group sync answers after the data is on the disk, for all who wait", async () => {
  const dataDir = testFolder();
  const store = open(dataDir, { sync: "group" });
  const writers = Array.from({ length: 20 }, (_, i) => new BatchWriter(`writer-${i}-abc`));
  await Promise.all(writers.map((writer) => store.takeRecords("one", writer.log({ loss: 1 }, 1).body())));
  await store.checkpoint();
  await Promise.all(writers.map((writer) => store.takeRecords("one", writer.log({ loss: 1 }, 2).body())));
  expect((await seriesOf(store, "one", "loss"))?.count).toBe(40);
});

test("a model of a key of its own that is registered again is the same version, also when a newer one has come meanwhile", async () => {
  const store = open(testFolder());
  const first = { name: "m:epoch_1", key: "ava/m/1/model.tar.gz" };
  await store.putModel(first);
  await store.putModel({ ...first, key: "ava/m/2/model.tar.gz" });
  await store.putModel(first);
  expect((await store.models({ name: "m:epoch_1" })).map(({ version }) => version)).toEqual(["1", "2"]);
});

test("a platform that is stopping says so to a client that still sends, and has kept nothing of it", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const closing = store.close();
  const late = store.takeRecords("one", fill(new BatchWriter("writer-one"), 0, 10));
  await expect(late).rejects.toMatchObject({ code: "stopping", status: 503 });
  await closing;
  expect(await idsOf(open(dataDir))).toEqual([]);
});
