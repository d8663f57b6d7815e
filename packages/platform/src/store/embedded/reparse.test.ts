import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { exported } from "../../testing/seen.js";
import { checkStore } from "./check.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

function open(dataDir: string): EmbeddedStore {
  const store = openStore({ dataDir, now: () => 1_700_000_000_000, checkpointMs: 3_600_000 });
  onTestFinished(() => store.close());
  return store;
}

async function everything(store: EmbeddedStore): Promise<unknown> {
  const points = (await exported(store, ["one"], { format: "csv" })).split("\n").sort();
  const sort = { field: { kind: "metric", figure: "last", name: "a" }, isDown: false } as const;
  const list = await store.list({ terms: [], sort, limit: 10, lostBeforeMs: 0, seriesNames: ["a"] });
  return { points, reparses: (await store.instance("one")).reparses, listed: list.instances.map(({ series }) => series) };
}

async function expectSame(dataDir: string, before: unknown): Promise<void> {
  expect(await everything(open(dataDir))).toEqual(before);
  expect(checkStore(copyAfterCrash(dataDir)).damage).toEqual([]);
}

test("after a crash at any moment, also while a checkpoint is written, what was added and undone is so, and nothing is damaged", async () => {
  const random = randomOf(seedOfTest());
  const dataDir = testFolder();
  const store = open(dataDir);
  const live = new BatchWriter("writer-one");
  let value = 0;
  let last = 0;
  const fill = (writer: BatchWriter): Buffer => {
    for (let count = 1 + random.below(random.chance(0.2) ? 5000 : 20); count > 0; count--)
      writer.log({ [random.pick(["a", "b", "c"])]: value }, value++);
    return writer.body();
  };
  await store.takeRecords("one", fill(live));
  const checkpoints: Promise<void>[] = [];
  for (let turn = 0; turn < 40; turn++) {
    const chance = random.below(10);
    if (chance < 2) await store.takeRecords("one", fill(live));
    else if (chance < 5)
      await store.addReparsed("one", { n: ++last, rules: ["r"], logBytes: 0 }, fill(new BatchWriter("ava-reparse")), true);
    else if (chance < 8 && last > 0) await store.undoReparse("one", 1 + random.below(last));
    else checkpoints.push(store.checkpoint());
    for (let ticks = random.below(20); ticks > 0; ticks--) await setImmediate();
    if (random.chance(0.3)) await expectSame(copyAfterCrash(dataDir), await everything(store));
  }
  await Promise.all(checkpoints);
  const before = await everything(store);
  await store.close();
  await expectSame(dataDir, before);
});
