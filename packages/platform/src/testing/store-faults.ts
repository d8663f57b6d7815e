import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Random, randomOf } from "../../../../tests/random.js";
import { PlatformError } from "../error.js";
import { describeInstance } from "../query/instances.js";
import { readLogText } from "../query/logs.js";
import { checkStore } from "../store/embedded/check.js";
import type { EmbeddedStore } from "../store/embedded/embedded.js";
import { openStore } from "../store/embedded/open.js";
import { BatchWriter } from "./batch-writer.js";
import { testFolder } from "./folder.js";
import { exported, idsOf } from "./seen.js";

const clock = { now: () => 1_800_000_000_000, lostAfterMs: Number.MAX_VALUE };

/** Page size of the database. */
const PAGE_BYTES = 8192;

/** What a user sees of one instance. */
interface Seen {
  facts: string;
  series: Map<string, string>;
  events: string;
  points: string[];
  log: string;
  isDamageTold: boolean;
}

/** @returns `store.db` of a closed store with a bit of everything, and what a user sees of it */
export async function wholeStore(): Promise<{ path: string; seen: Map<string, Seen>; listed: string }> {
  const dataDir = testFolder();
  const store = openStore({ dataDir, now: clock.now });
  for (const id of ["one", "two", "three"]) {
    const writer = new BatchWriter(`writer-${id}`);
    writer.add({ type: "facts", facts: { params: { lr: 0.1, id }, state: "running" } });
    writer.add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
    for (let step = 0; step < (id === "one" ? 4500 : 100); step++) {
      writer.log({ loss: 1 / (step + 1), acc: Math.fround(Math.sin(step)) }, step);
      if (step % 10 === 0) writer.print(`line ${step} of ${id}\n`);
    }
    await store.takeRecords(id, writer.body());
  }
  await store.putModel({ name: "m", file: "x" });
  await store.putEvaluation("e", { a: 1 });
  await store.putView("v", { sort: "id" });
  await store.checkpoint();
  const { seen, listed } = await see(store);
  // The file as it is for others: the WAL is in it after each checkpoint.
  const path = join(testFolder(), "store.db");
  copyFileSync(join(dataDir, "store.db"), path);
  await store.close();
  return { path, seen, listed };
}

async function see(store: EmbeddedStore): Promise<{ seen: Map<string, Seen>; listed: string }> {
  const seen = new Map<string, Seen>();
  for (const id of await idsOf(store)) {
    const { series, events, damage, params: _params, ...facts } = await describeInstance(store, id, clock);
    const log = await readLogText(store, id, 0, 4_000_000);
    seen.set(id, {
      facts: JSON.stringify(facts),
      series: new Map(series.map((one) => [one.name, JSON.stringify(one)])),
      events: JSON.stringify(events),
      points: (await exported(store, [id], { format: "csv", skipsDamage: true })).split("\n"),
      log: log.text,
      isDamageTold: damage !== undefined || log.damage !== undefined,
    });
  }
  return { seen, listed: JSON.stringify([await store.models({}), (await store.evaluation("e")) ?? null, await store.views()]) };
}

/** Flips a bit, cuts, zeroes a stretch or exchanges two pages. @returns what it did */
function spoil(path: string, { next: random, below }: Random): string {
  const bytes = readFileSync(path);
  const at = below(bytes.length);
  const kind = random();
  if (kind < 0.7) {
    const bit = below(8);
    bytes[at]! ^= 1 << bit;
    writeFileSync(path, bytes);
    return `bit ${bit} of byte ${at} flipped`;
  }
  if (kind < 0.8) {
    writeFileSync(path, bytes.subarray(0, at));
    return `cut at ${at}`;
  }
  if (kind < 0.9) {
    const end = Math.min(bytes.length, at + 1 + below(600));
    writeFileSync(path, bytes.fill(0, at, end));
    return `zeroes from ${at} to ${end}`;
  }
  const [a, b] = [random(), random()].map((share) => Math.floor((share * bytes.length) / PAGE_BYTES) * PAGE_BYTES) as [number, number];
  const page = Buffer.from(bytes.subarray(a, a + PAGE_BYTES));
  bytes.copyWithin(a, b, b + PAGE_BYTES);
  page.copy(bytes, b);
  writeFileSync(path, bytes);
  return `pages at ${a} and ${b} exchanged`;
}

/**
 * Damages a copy of a store, and sees that nothing wrong is served, that what is lost is told, and that no error but ours comes.
 *
 * @param whole - the store
 * @param seed - of the damage
 */
export async function proveDamageIsTold(whole: Awaited<ReturnType<typeof wholeStore>>, seed: number): Promise<void> {
  const dataDir = testFolder();
  const path = join(dataDir, "store.db");
  copyFileSync(whole.path, path);
  writeFileSync(join(dataDir, "README.txt"), "");
  mkdirSync(join(dataDir, "log"));
  const what = `seed ${seed}: ${spoil(path, randomOf(seed))}`;
  const warnings: string[] = [];
  let store: EmbeddedStore;
  try {
    store = openStore({ dataDir, now: clock.now, warn: (message) => warnings.push(message) });
  } catch (error) {
    expect(error, `${what}`).toMatchObject({ name: "PlatformError", code: expect.stringMatching(/^store_(damaged|newer)$/) });
    return expect(checkStore(dataDir).damage, `${what}`).not.toEqual([]);
  }
  const { seen, listed } = await see(store).catch((error: unknown) => {
    expect(error, `${what}`).toMatchObject({ name: "PlatformError", code: "store_damaged" });
    return { seen: new Map<string, Seen>(), listed: "" };
  });
  let isAllThere = listed === whole.listed;
  for (const [id, right] of whole.seen) isAllThere = isRight(seen.get(id), right, `${what}, instance ${id}`) && isAllThere;
  expect(
    [...seen.keys()].filter((id) => !whole.seen.has(id)),
    `${what}`,
  ).toEqual([]);
  if (!isAllThere) expect(warnings, `${what}`).not.toEqual([]);
  if (warnings.length > 0) expect(checkStore(dataDir).damage, `${what}`).not.toEqual([]);
  await writeMore(store, what);
}

/** @returns whether all is there; fails when something is there that is wrong, or missing without a word */
function isRight(found: Seen | undefined, right: Seen, what: string): boolean {
  if (found === undefined) return false;
  expect(found.facts, `${what}`).toBe(right.facts);
  for (const [name, summary] of found.series) expect(summary, `${what}`).toBe(right.series.get(name));
  let next = 0;
  const wrong = found.points.find((point) => {
    next = right.points.indexOf(point, next) + 1;
    return next === 0;
  });
  expect(wrong, `${what}`).toBeUndefined();
  expect(found.log.length, `${what}`).toBe(right.log.length);
  const isSameText = found.log === right.log && found.events === right.events && found.series.size === right.series.size;
  if (!isSameText) expect(found.isDamageTold, `${what}`).toBe(true);
  return isSameText && found.points.length === right.points.length;
}

async function writeMore(store: EmbeddedStore, what: string): Promise<void> {
  const isOurs = (error: unknown): void => expect(error, `${what}`).toBeInstanceOf(PlatformError);
  for (const id of ["one", "two", "new"]) {
    const body = new BatchWriter("writer-more").log({ loss: 5, other: 1 }, 99_999).print("more\n").body();
    await store.takeRecords(id, body).catch(isOurs);
  }
  await store.close().catch(isOurs);
}
