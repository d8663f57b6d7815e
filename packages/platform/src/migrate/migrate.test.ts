import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { openKept } from "../kept.js";
import { openStore } from "../store/embedded/open.js";
import { PostgresStore } from "../store/postgres/postgres.js";
import type { CopiedStore } from "../store/state/adopt.js";
import { BatchWriter } from "../testing/batch-writer.js";
import { testFolder } from "../testing/folder.js";
import { hasPostgres, postgresUrl } from "../testing/postgres-driver.js";
import { contentOf, idsOf } from "../testing/seen.js";
import { type End, openEnd } from "./ends.js";
import { migrate } from "./migrate.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const YEAR_NS = 365n * 86_400_000_000_000n;
const clock = { now: () => START_MS, lostAfterMs: Number.MAX_VALUE };

/** Fills a store with something of everything. @returns the writer of the instance `one` */
async function fill(dataDir: string): Promise<BatchWriter> {
  let nowMs = START_MS;
  const store = openStore({ dataDir, now: () => nowMs });
  const writer = new BatchWriter("writer-one", { rank: "0" }, "demo");
  writer.add({ type: "facts", facts: { params: { lr: 0.1 }, startTime: "2026-01-01T00:00:00Z", tags: ["a", "ü"] } });
  for (let step = 0; step < 9000; step++) {
    writer.log({ loss: 1 / (step + 1), odd: [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-300][step % 4]! }, step, step / 100);
    if (step % 50 === 0) writer.print(`line ${step} of one, 模型\n`);
    if (step % 3000 === 2999) await store.takeRecords("one", writer.body());
  }
  writer
    .log({ loss: 5 }, 3)
    .log({ loss: 6 }, 4, undefined, 3n * YEAR_NS)
    .log({ loss: 7 }, 5, undefined, -YEAR_NS);
  writer.print("x".repeat(700_000)).print("the end");
  writer.add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
  await store.takeRecords("one", writer.add({ type: "drops", drops: { points: 3, logBytes: 4, events: 0 } }).body());
  nowMs += 5000;
  const other = new BatchWriter("writer-other", { rank: "1" }, "demo").log({ loss: 2, acc: 0.5 }, 1).print("beside\n");
  await store.takeRecords("one", other.body());
  await store.takeLines("lines", Buffer.from("loss,id=lines,epoch=0,batch=7 value=1 1528885285756645000\nbad line\n"));
  await store.putFacts("empty", { training: "other", state: "failed", end: { message: "out of memory" }, note: "no points" });
  await store.requestStop("one", "enough");
  await store.addReparsed(
    "one",
    { n: 1, rules: ["(?<more>\\S+)"], logBytes: 6 },
    new BatchWriter("ava-reparse").log({ more: 1, loss: 9 }, 1).body(),
    true,
  );
  nowMs += 5000;
  await store.putTraining("demo", { displayName: "Demo", note: "a note", rules: ["a (?<b>\\d+)"], kept: { "mlflow 1": "{}" } });
  for (const paramsText of ['{"lr":0.10}', '{"lr":1e400}']) {
    nowMs += 1000;
    await store.putParams("demo", { paramsText, note: `made at ${nowMs}` });
  }
  await store.putParams("bare", { paramsText: "{}" });
  for (const file of ["a", "b", "a"]) await store.putModel({ name: "m", file, trainingRef: { instanceID: "one" } });
  await store.putModel({ name: "k", version: "7", file: "x" });
  nowMs += 1000;
  await store.putEvaluation("e", { a: [1, { b: "ü" }] });
  await store.putView("v", { sort: "id" });
  await store.takeRecords("gone", new BatchWriter("writer-gone").log({ loss: 1 }, 1).body());
  await store.deleteInstance("gone");
  await store.close();
  return writer;
}

async function opened(place: string, isTarget = true): Promise<End> {
  const end = await openEnd(place, isTarget, () => undefined);
  onTestFinished(() => end.store.close());
  return end;
}

async function copied(from: string, to: string): Promise<{ source: CopiedStore; target: CopiedStore }> {
  const { store: source } = await opened(from, false);
  const target = await opened(to);
  await migrate(source, target, () => undefined);
  return { source, target: target.store };
}

async function everythingIn(store: CopiedStore): Promise<unknown> {
  const instances: unknown[] = [];
  for (const id of await idsOf(store)) instances.push(await contentOf(store, id, clock), await store.readLogMarks(id, 0, 2 ** 30));
  const trainings = await store.trainings(0);
  const told = await Promise.all(trainings.map(async ({ name }) => [await store.training(name), await store.revisions(name)]));
  const models = (await store.models({})).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { instances, trainings, told, models, evaluation: await store.evaluation("e"), views: await store.views() };
}

/** Chunks of a closed data folder as they are stored, by instance, series and place. */
function chunksOf(dataDir: string): unknown[] {
  const db = new Database(join(dataDir, "store.db"), { readonly: true });
  const rows = db
    .prepare(
      // The last four bytes of a head are its checksum, those before it that of the body: both are of the row's number, too.
      `SELECT s.instance, s.name, s.labels, c.id & 2097151 AS place, hex(substr(c.head, 1, 124)) AS head, hex(c.body) AS body
       FROM chunks c JOIN series s ON s.no = c.id >> 21 ORDER BY s.instance, s.name, s.labels, place`,
    )
    .all();
  db.close();
  return rows;
}

const TARGETS: [string, () => Promise<string>][] = [["another data folder", async () => join(testFolder(), "data")]];
if (hasPostgres) TARGETS.push(["PostgreSQL", postgresUrl]);

test.each(TARGETS)("everything that is copied to %s is there as it was, and its trainings go on", async (_name, targetPlace) => {
  const from = testFolder();
  const writer = await fill(from);
  const to = await targetPlace();
  const { source, target } = await copied(from, to);
  expect(await everythingIn(target)).toEqual(await everythingIn(source));
  expect(await idsOf(target)).toEqual(["empty", "lines", "one"]);
  const last = writer.seq;
  expect(await target.takeRecords("one", writer.body())).toMatchObject({ ack: last, stop: { reason: "enough" } });
  expect(await target.takeRecords("one", writer.log({ loss: 1 }, 10_000).body())).toMatchObject({ ack: last + 1 });
  await target.undoReparse("one", 1);
  expect((await target.series("one")).map(({ name, count }) => [name, count])).toEqual(
    expect.arrayContaining([["loss", 9004]]) as unknown[],
  );
  expect((await target.series("one")).map(({ name }) => name)).not.toContain("more");
});

test.each(TARGETS)(
  "params put again after a deletion, and models put again under a version, keep their numbers in %s",
  async (_name, targetPlace) => {
    const from = testFolder();
    const store = openStore({ dataDir: from });
    for (const paramsText of ["{}", '{"lr":1}']) {
      await store.putParams("demo", { paramsText });
      await store.deleteTraining("demo");
      await store.putParams("demo", { paramsText });
    }
    await store.putModel({ name: "m", file: "a" });
    await store.putModel({ name: "m", file: "b" });
    await store.putModel({ name: "m", file: "c", version: "1" });
    await store.close();
    const { source, target } = await copied(from, await targetPlace());
    expect(await everythingIn(target)).toEqual(await everythingIn(source));
    expect((await target.revisions("demo")).map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
    expect((await target.models({ name: "m" })).map(({ version, spec }) => [version, spec["file"]])).toEqual([
      ["2", "b"],
      ["1", "c"],
    ]);
  },
);

test.skipIf(!hasPostgres).each([
  ["that is not sealed", false],
  ["that is sealed", true],
])("what comes back from PostgreSQL %s has the chunks of the first data folder, byte for byte", async (_what, isSealed) => {
  const [from, back, url] = [testFolder(), join(testFolder(), "data"), await postgresUrl()];
  await fill(from);
  for (const [a, b] of [
    [from, url],
    [url, back],
  ] as const) {
    const { source, target } = await copied(a, b);
    if (isSealed && target instanceof PostgresStore) await target.seal();
    await source.close();
    await target.close();
  }
  const chunks = chunksOf(from).filter((row) => (row as { instance: string }).instance !== "gone");
  expect(chunks.length).toBeGreaterThan(8);
  expect(chunksOf(back)).toEqual(chunks);
});

test.each(TARGETS)("a copy to %s that was broken off anywhere goes on where it ended, and doubles nothing", async (_name, targetPlace) => {
  const from = testFolder();
  await fill(from);
  const { store: source } = await opened(from, false);
  const target = await opened(await targetPlace());
  const adopt = target.store.adopt.bind(target.store);
  let tries = 0;
  for (let left = 0; ; left++) {
    let toDo = left;
    target.store.adopt = async (adoption, body) => {
      if (toDo-- <= 0) throw new Error("broken off");
      await adopt(adoption, body);
    };
    tries++;
    const failure: unknown = await migrate(source, target, () => undefined).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) break;
    expect(failure).toMatchObject({ message: "broken off" });
  }
  expect(tries).toBeGreaterThan(4);
  expect(await everythingIn(target.store)).toEqual(await everythingIn(source));
});

test.each(TARGETS)("no platform starts on a copy to %s that was broken off, until it is whole", async (_name, targetPlace) => {
  const [from, place] = [testFolder(), await targetPlace()];
  await fill(from);
  const { store: source } = await opened(from, false);
  const start = async (): Promise<void> => {
    const kept = place.startsWith("postgres") ? { dataDir: testFolder(), database: place } : { dataDir: place };
    await (await openKept({ ...kept, now: Date.now, warn: () => undefined })).close();
  };
  const target = await openEnd(place, true, () => undefined);
  target.store.adopt = async () => {
    throw new Error("broken off");
  };
  await expect(migrate(source, target, () => undefined)).rejects.toThrow("broken off");
  await target.store.close();
  await expect(start()).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("did not come to its end") });
  const again = await openEnd(place, true, () => undefined);
  await migrate(source, again, () => undefined);
  await again.store.close();
  await start();
});

test("a target that has something else is refused, and stays as it is", async () => {
  const [from, other, same] = [testFolder(), testFolder(), testFolder()];
  await fill(from);
  const { store: source } = await opened(from, false);
  const another = await opened(other);
  await another.store.takeRecords("mine", new BatchWriter("writer-mine").log({ loss: 1 }, 1).body());
  await expect(migrate(source, another, () => undefined)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("mine"),
  });
  expect(await idsOf(another.store)).toEqual(["mine"]);
  const alike = await opened(same);
  await alike.store.takeRecords("one", new BatchWriter("writer-mine").log({ loss: 1, mine: 1 }, 1).body());
  await expect(migrate(source, alike, () => undefined)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("one"),
  });
  await alike.store.close();
  await (await openKept({ dataDir: same, now: Date.now, warn: () => undefined })).close();
});

test("a point that comes to the target meanwhile is found by the comparison", async () => {
  const from = testFolder();
  await fill(from);
  const { store: source } = await opened(from, false);
  const target = await opened(join(testFolder(), "data"));
  let isDone = false;
  const failing = migrate(source, target, ({ phase, instances, of }) => {
    if (isDone || phase === "compares" || instances < of) return;
    isDone = true;
    void target.store.takeRecords("empty", new BatchWriter("writer-late").log({ loss: 1 }, 1).body());
  });
  await expect(failing).rejects.toMatchObject({
    code: "store_damaged",
    message: expect.stringMatching(/instance empty has 0 points .* in the target 1/),
  });
});
