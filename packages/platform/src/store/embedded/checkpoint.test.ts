import { setImmediate } from "node:timers/promises";
import type { LogStream } from "ava-protocol";
import { expect, onTestFinished, test } from "vitest";
import { stringifyAnswer } from "../../json-source.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { allOf } from "../../testing/seen.js";
import type { LogMark } from "../contract/log.js";
import { streamNumber } from "../state/log-stream.js";
import { backupStore } from "./backup.js";
import { checkStore } from "./check.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore, type StoreOptions } from "./open.js";

const clock = { now: () => 1_700_000_000_000, lostAfterMs: 60_000 };

function open(dataDir: string, options: Partial<StoreOptions> = {}): EmbeddedStore {
  const store = openStore({ dataDir, now: clock.now, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function everything(store: EmbeddedStore): Promise<unknown> {
  return JSON.parse(stringifyAnswer(await allOf(store, clock)));
}

/** Values of many series at one step. */
function manyValues(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`metric/${i}`, i]));
}

test("a checkpoint of many new series lets others have their turn, and takes what comes meanwhile", { timeout: 120_000 }, async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  for (const id of ["one", "two", "three"]) await store.takeRecords(id, new BatchWriter(`writer-${id}`).log(manyValues(4000), 1).body());
  const checkpoint = store.checkpoint();
  let turns = 0;
  for (; (await store.figures()).checkpoints === 0; turns++) {
    await store.takeRecords("one", writer.log({ "metric/3999": turns, more: turns }, turns).print(`turn ${turns}\n`).body());
    await setImmediate();
  }
  await checkpoint;
  expect(turns).toBeGreaterThan(3);
  expect(await everything(open(copyAfterCrash(dataDir)))).toEqual(await everything(store));
});

test("figures that a checkpoint stores are of the series that it stores, whichever else come meanwhile", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const ids = Array.from({ length: 300 }, (_, i) => `run-${i}`);
  for (const id of ids) await store.takeRecords(id, new BatchWriter(`writer-0-${id}`, { rank: "0" }).log({ loss: 1 }, 1).body());
  const checkpoint = store.checkpoint();
  await setImmediate();
  for (const id of ids) await store.takeRecords(id, new BatchWriter(`writer-1-${id}`).log({ loss: 2 }, 1).body());
  await checkpoint;
  const copy = testFolder();
  await backupStore(dataDir, copy);
  expect(checkStore(copy).damage).toEqual([]);
});

test.each(["none", "group"] as const)(
  "whatever is recorded while a checkpoint is written, a crash keeps it, once (sync %s)",
  { timeout: 120_000 },
  async (sync) => {
    const dataDir = testFolder();
    const store = open(dataDir, { sync });
    const writers = ["one", "two"].map((id) => ({ id, writer: new BatchWriter(`writer-${id}`), step: 0 }));
    const record = async (points: number): Promise<void> => {
      for (const one of writers) {
        for (let i = 0; i < points; i++) one.writer.log({ loss: one.step, [`of-${one.step % 40}`]: 1 }, one.step++);
        one.writer.add({ type: "event", event: { event: "snapshot", step: one.step } }).print(`to ${one.step}\n`);
        one.writer.add({ type: "facts", facts: { params: { step: one.step } } });
        await store.takeRecords(one.id, one.writer.body());
      }
      await store.takeLines("old", Buffer.from(`ava_metric_training_loss,id=old,epoch=0,batch=${writers[0]!.step} value=0.5\n`));
      await store.putModel({ name: "m", file: `of-${writers[0]!.step}` });
      await store.putEvaluation("e", { step: writers[0]!.step });
    };
    await record(5000);
    for (let round = 0; round < 4; round++) {
      const crashes: [after: unknown, before: unknown][] = [];
      const { checkpoints } = await store.figures();
      const checkpoint = store.checkpoint();
      for (let i = 0; (await store.figures()).checkpoints === checkpoints; i++) {
        await record(i % 5 === 0 ? 1500 : 1);
        await setImmediate();
        if (i < 2) crashes.push([await everything(open(copyAfterCrash(dataDir))), await everything(store)]);
      }
      await checkpoint;
      const copy = copyAfterCrash(dataDir);
      expect(await everything(open(copy))).toEqual(await everything(store));
      expect(checkStore(copy).damage).toEqual([]);
    }
    const right = await everything(store);
    await store.close();
    expect(await everything(open(dataDir))).toEqual(right);
  },
);

test("records of a log are found with their times, in the database and before", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  const writer = new BatchWriter("writer-one");
  const right: LogMark[] = [];
  let offset = 0;
  const print = (text: string, stream: LogStream = "stdout"): void => {
    const timeNs = 1_700_000_000_000_000_000n + BigInt(right.length) * 1_000_003n;
    right.push({ offset, timeNs, stream: streamNumber("writer-one", stream) });
    offset += Buffer.byteLength(text);
    writer.add({ type: "log", timeNs, stream, bytes: Buffer.from(text) });
  };
  for (let round = 0; round < 4; round++) {
    for (let line = 0; line < 700; line++) print(`${round} ${line} ${"x".repeat(line % 90)}\n`, line % 3 === 0 ? "stderr" : "stdout");
    if (round === 1) print(`${"long ".repeat(40_000)}\n`);
    await store.takeRecords("one", writer.body());
    if (round < 3) await store.checkpoint();
  }
  for (const asked of [store, open(copyAfterCrash(dataDir))]) {
    expect(await asked.readLogMarks("one", 0, offset)).toEqual(right);
    for (const [start, end] of [
      [0, 1],
      [5, 300],
      [100_000, 200_000],
      [right[1400]!.offset + 70_000, right[1400]!.offset + 140_000],
      [offset - 1, offset],
    ]) {
      const inside = right.filter((mark, i) => mark.offset < end! && (right[i + 1]?.offset ?? offset) > start!);
      expect(await asked.readLogMarks("one", start!, end!)).toEqual(inside);
    }
  }
});
