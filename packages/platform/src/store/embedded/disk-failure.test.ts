import type * as FileSystem from "node:fs";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { PlatformError } from "../../error.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { allOf, idsOf } from "../../testing/seen.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

/** What `fdatasync` answers, one after the other; then it works. No file system here fails when it is asked to. */
const syncErrors: (Error | null)[] = [];
vi.mock("node:fs", async (importOriginal) => {
  const fs = await importOriginal<typeof FileSystem>();
  const answer: typeof FileSystem.fdatasync = Object.assign((fd: number, done: (error: Error | null) => void) => {
    const error = syncErrors.shift() ?? null;
    fs.fdatasync(fd, (other) => done(error ?? other));
  }, fs.fdatasync);
  return { ...fs, fdatasync: answer };
});

const EIO = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO", syscall: "fdatasync" });
const clock = { now: () => 1_700_000_000_000, lostAfterMs: 60_000 };

function open(dataDir: string, sync: "none" | "group"): { store: EmbeddedStore; warnings: string[] } {
  const warnings: string[] = [];
  const store = openStore({ dataDir, sync, now: clock.now, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return { store, warnings };
}

/** Everything that a user can see, and what is acknowledged. */
async function contentOf(store: EmbeddedStore): Promise<string[]> {
  const { instances, models } = await allOf(store, clock);
  const evaluations = await Promise.all(["e", "f"].map((name) => store.evaluation(name)));
  const acks = await Promise.all(Object.keys(instances).map((id) => acksOf(store, id)));
  // `params` stands for `paramsText` in an answer, under a name of its own each time.
  const all = [...Object.entries(instances), ...models, ...evaluations, acks];
  return all.map((one) => JSON.stringify(one, (key, value) => (key === "params" ? undefined : value)));
}

/** Acknowledgements of the writers of these tests: what is missing behind the greatest number is told with it. */
function acksOf(store: EmbeddedStore, id: string): Promise<unknown[]> {
  const ids = ["writer-one", "writer-two", "writer-new"];
  return Promise.all(ids.map((writer) => store.takeRecords(id, new BatchWriter(writer).body(1e9)).catch(({ ack }: PlatformError) => ack)));
}

/** Many points and log text: chunks are filled and begun. */
function fill(writer: BatchWriter, from: number, count: number): BatchWriter {
  for (let step = from; step < from + count; step++) writer.log({ loss: 1 / (step + 1), [`of-${from}`]: step }, step);
  return writer.print(`to ${from + count}\n`);
}

/** One change of each kind, to what is there and to what is new. */
function changes(store: EmbeddedStore, writer: BatchWriter): (() => Promise<unknown>)[] {
  const other = new BatchWriter("writer-two", { rank: "1" });
  const body = fill(writer, 5000, 5000)
    .add({ type: "facts", facts: { params: { lr: 2 }, state: "failed", end: { message: "no" } } })
    .add({ type: "event", event: { event: "snapshot", step: 5, file: "b" } })
    .add({ type: "drops", drops: { points: 3, logBytes: 4, events: 0 } })
    .body();
  const ofOther = fill(other, 0, 10).body();
  const ofNew = fill(new BatchWriter("writer-new"), 0, 10).body();
  const line = "ava_metric_training_loss,id=ID,epoch=0,batch=7 value=0.5 1528885285756645000\nbad\n";
  return [
    () => store.takeRecords("one", body),
    () => store.takeRecords("one", ofOther),
    () => store.takeRecords("new", ofNew),
    () => store.takeLines("one", Buffer.from(line)),
    () => store.takeLines("old", Buffer.from(line)),
    () => store.putFacts("one", { params: { lr: 3 }, state: "done" }),
    () => store.putFacts("two", { training: "t" }),
    () => store.requestStop("one", "enough"),
    () => store.putModel({ name: "m", file: "b", trainingRef: { instanceID: "one" } }),
    () => store.putModel({ name: "n" }),
    () => store.putEvaluation("e", { top1: 2 }),
    () => store.putEvaluation("f", { top1: 3 }),
  ];
}

async function begin(store: EmbeddedStore, isCheckpointed: boolean): Promise<BatchWriter> {
  const writer = new BatchWriter("writer-one");
  await store.takeRecords(
    "one",
    fill(writer, 0, 5000)
      .add({ type: "facts", facts: { params: { lr: 1 } } })
      .body(),
  );
  await store.putModel({ name: "m", file: "a" });
  await store.putEvaluation("e", { top1: 1 });
  if (isCheckpointed) await store.checkpoint();
  return writer;
}

test("a change that the log cannot take has changed nothing, and is taken once it can", async () => {
  const dataDir = testFolder();
  const { store, warnings } = open(dataDir, "none");
  const all = changes(store, await begin(store, true));
  // Asked of a copy: the store itself has read back nothing from its database yet.
  const before = await contentOf(open(copyAfterCrash(dataDir), "none").store);
  renameSync(join(dataDir, "log"), join(dataDir, "log-gone"));
  for (const change of all) await expect(change()).rejects.toMatchObject({ code: "store_failed", status: 503 });
  renameSync(join(dataDir, "log-gone"), join(dataDir, "log"));
  expect(await contentOf(store)).toEqual(before);
  for (const change of all) await change();
  const { store: right } = open(testFolder(), "none");
  for (const change of changes(right, await begin(right, true))) await change();
  expect(await contentOf(store)).toEqual(await contentOf(right));
  expect(await contentOf(open(copyAfterCrash(dataDir), "none").store)).toEqual(await contentOf(right));
  expect(warnings).toEqual([expect.stringContaining("Changes are refused: "), expect.stringContaining("works again")]);
});

test("changes whose sync fails are refused, all that wait; they have changed nothing, also after a restart, and later ones are taken", async () => {
  const dataDir = testFolder();
  const { store, warnings } = open(dataDir, "group");
  const writer = await begin(store, false);
  const before = await contentOf(store);
  const all = changes(store, writer);
  syncErrors.push(EIO);
  const answers = await Promise.allSettled(all.map((change) => change()));
  expect(answers.map((answer) => answer.status === "rejected" && answer.reason.code)).toEqual(all.map(() => "store_failed"));
  expect(await contentOf(store)).toEqual(before);
  expect(await contentOf(open(copyAfterCrash(dataDir), "none").store)).toEqual(before);
  await Promise.all(all.map((change) => change()));
  const { store: right } = open(testFolder(), "none");
  for (const change of changes(right, await begin(right, false))) await change();
  expect(await contentOf(store)).toEqual(await contentOf(right));
  expect(await contentOf(open(copyAfterCrash(dataDir), "none").store)).toEqual(await contentOf(right));
  expect(warnings).toEqual([expect.stringContaining("EIO"), expect.stringContaining("works again")]);
});

test("a checkpoint waits for a sync: what that refuses is not stored, what came later is", async () => {
  const dataDir = testFolder();
  const { store } = open(dataDir, "group");
  syncErrors.push(EIO);
  const put = (id: string): Promise<string> => store.putFacts(id, { training: "t" }).then(() => id);
  const waiting = Promise.allSettled([put("one"), put("two")]);
  const checkpoint = store.checkpoint();
  const later = put("three").catch(() => put("four"));
  expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await checkpoint;
  const id = await later;
  await store.checkpoint();
  expect(await idsOf(open(copyAfterCrash(dataDir), "none").store)).toEqual([id]);
});
