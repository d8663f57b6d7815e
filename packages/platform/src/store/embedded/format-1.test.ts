import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Database from "libsql";
import { expect, onTestFinished, test, vi } from "vitest";
import type { PlatformError } from "../../error.js";
import { stringifyAnswer } from "../../json-source.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { copyAfterCrash } from "../../testing/crash.js";
import { testFolder } from "../../testing/folder.js";
import { allOf, seriesOf } from "../../testing/seen.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

const clock = { now: () => 1_700_000_000_000, lostAfterMs: 60_000 };

function fixture(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`fixtures/${name}.gz`, import.meta.url)));
}

/** A data folder as a platform of format 1 left it. */
function oldFolder(): string {
  const dataDir = testFolder();
  mkdirSync(join(dataDir, "log"));
  writeFileSync(join(dataDir, "README.txt"), "");
  writeFileSync(join(dataDir, "store.db"), fixture("format-1.db"));
  return dataDir;
}

function open(dataDir: string): { store: EmbeddedStore; warnings: string[] } {
  const warnings: string[] = [];
  const store = openStore({ dataDir, now: clock.now, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return { store, warnings };
}

async function everything(store: EmbeddedStore): Promise<unknown> {
  const { instances, models } = await allOf(store, clock);
  // In the shape in which a platform of format 1 wrote it down.
  const all = { instances, models: [["m", models]], evaluations: [["e", await store.evaluation("e")]] };
  // Platforms of format 1 did not answer the text of the params.
  return JSON.parse(stringifyAnswer(all), (key, value) => (key === "paramsText" ? undefined : value));
}

/** Asks the file itself, as it is for another process. */
function ask(dataDir: string, query: string): number {
  const db = new Database(join(dataDir, "store.db"));
  const { answer } = db.prepare(`SELECT (${query}) AS answer`).get() as { answer: number };
  db.close();
  return answer;
}

const OLD_ROWS = `
  (SELECT count(*) FROM chunks WHERE length(head) <> 132) + (SELECT count(*) FROM instances WHERE sum IS NULL) + (SELECT count(*) FROM writers WHERE sum IS NULL)
  + (SELECT count(*) FROM series WHERE sum IS NULL) + (SELECT count(*) FROM events WHERE sum IS NULL) + (SELECT count(*) FROM log_pieces WHERE sum IS NULL)
  + (SELECT count(*) FROM models WHERE sum IS NULL) + (SELECT count(*) FROM evaluations WHERE sum IS NULL) + (SELECT count(*) FROM meta WHERE sum IS NULL)`;

const isForward = "SELECT value FROM meta WHERE key = 'from_version'";

test("a store of format 1 opens with equal content and is brought forward row by row", async () => {
  const dataDir = oldFolder();
  const expected = JSON.parse(fixture("format-1.json").toString());
  const { store, warnings } = open(dataDir);
  expect(await everything(store)).toEqual(expected);
  await vi.waitFor(() => expect(ask(dataDir, isForward)).toBe(2), { timeout: 10_000 });
  expect(ask(dataDir, OLD_ROWS)).toBe(0);
  expect(await everything(store)).toEqual(expected);
  await store.close();
  const { store: again, warnings: later } = open(dataDir);
  expect(await everything(again)).toEqual(expected);
  expect([...warnings, ...later]).toEqual([]);
  expect(existsSync(join(dataDir, "store.db"))).toBe(true);
});

test("killed at any time while it is brought forward, a store of format 1 is whole and goes on", async () => {
  const dataDir = oldFolder();
  const expected = JSON.parse(fixture("format-1.json").toString());
  const { store } = open(dataDir);
  for (let isDone = false; !isDone; ) {
    const copy = copyAfterCrash(dataDir);
    const { store: again, warnings } = open(copy);
    expect(await everything(again)).toEqual(expected);
    expect(warnings).toEqual([]);
    isDone = ask(dataDir, isForward) === 2;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await store.close();
});

test("what is recorded while a store of format 1 is brought forward is there afterwards", async () => {
  const dataDir = oldFolder();
  const { store } = open(dataDir);
  const writer = new BatchWriter("writer-two");
  const gap = await store.takeRecords("two", new BatchWriter("writer-two").body(1e9)).catch((error: PlatformError) => error);
  writer.seq = gap.ack!;
  const prevSeq = writer.seq;
  for (let step = 3; step < 5000; step++) writer.log({ acc: step }, step);
  await store.takeRecords("two", writer.print("more\n").body(prevSeq));
  await vi.waitFor(() => expect(ask(dataDir, isForward)).toBe(2), { timeout: 10_000 });
  const { store: crashed } = open(copyAfterCrash(dataDir));
  expect(await everything(crashed)).toEqual(await everything(store));
  expect(await seriesOf(crashed, "two", "acc")).toMatchObject({ count: 5000, last: 4999 });
});
