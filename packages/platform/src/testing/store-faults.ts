import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Random } from "../../../../tests/random.js";
import { PlatformError } from "../error.js";
import { describeInstance } from "../query/instances.js";
import { readLogText } from "../query/logs.js";
import type { Field, Term } from "../store/contract/list.js";
import { checkStore } from "../store/embedded/check.js";
import type { EmbeddedStore } from "../store/embedded/embedded.js";
import { openStore } from "../store/embedded/open.js";
import { BatchWriter } from "./batch-writer.js";
import { testFolder } from "./folder.js";
import { exported, idsOf } from "./seen.js";

const clock = { now: () => 1_800_000_000_000, lostAfterMs: Number.MAX_VALUE };

/** Page size of the database. */
const PAGE_BYTES = 8192;

/** First bytes of SQLite's pages that hold rows, or entries of an index, and where their number is. */
const LEAF_KINDS = new Set([10, 13]);
const CELLS_AT = 3;

/** Points of the instances of a store with chunks that are whole and one that is being filled. */
export const STEPS = { one: 4500, two: 100, three: 100 };
/** Points of a store so small that each of its bytes can be damaged. */
export const SMALL_STEPS = { one: 12 };

/** Room that is not used has bytes in runs of 0; so many of a run are left as they are. */
const RUN_BYTES = 64;

/** @returns the places of a file that are worth damaging: all that are used, and some of the room that is not */
export function placesOf(bytes: Buffer): number[] {
  let zeroes = 0;
  return Array.from(bytes.keys()).filter((at) => {
    zeroes = bytes[at] === 0 ? zeroes + 1 : 0;
    return zeroes % RUN_BYTES < 8;
  });
}

/** What a user sees of one instance. */
interface Seen {
  facts: string;
  series: Map<string, string>;
  events: string;
  points: string[];
  log: string;
  isDamageTold: boolean;
}

/** `store.db` of a closed store with a bit of everything, and what a user sees of it. */
export interface WholeStore {
  bytes: Buffer;
  seen: Map<string, Seen>;
  listed: string;
}

/**
 * @param steps - of each instance
 * @returns a store of them
 */
export async function wholeStore(steps: Record<string, number>): Promise<WholeStore> {
  const dataDir = testFolder();
  const store = openStore({ dataDir, now: clock.now });
  for (const [id, count] of Object.entries(steps)) {
    const writer = new BatchWriter(`writer-${id}`);
    writer.add({ type: "facts", facts: { params: { lr: 0.1, id }, state: "running", startTime: "2026-01-01T00:00:00Z" } });
    writer.add({ type: "event", event: { event: "snapshot", step: 5, file: "a.bin" } });
    for (let step = 0; step < count; step++) {
      writer.log({ loss: 1 / (step + 1), acc: Math.fround(Math.sin(step)) }, step);
      if (step % 10 === 0) writer.print(`line ${step} of ${id}\n`);
    }
    await store.takeRecords(id, writer.body());
  }
  await store.putModel({ name: "m", file: "x" });
  await store.putEvaluation("e", { a: 1 });
  await store.putView("v", { sort: "id" });
  await store.putParams("demo", { paramsText: '{"lr":0.1}' });
  await store.checkpoint();
  const { seen, listed } = await see(store);
  // The file as it is for others: the WAL is in it after each checkpoint.
  const bytes = readFileSync(join(dataDir, "store.db"));
  await store.close();
  return { bytes, seen, listed };
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
  const orNothing = (error: unknown): undefined => {
    expect(error).toMatchObject({ name: "PlatformError", code: "store_damaged" });
    return undefined;
  };
  const revisions = await store.revisions("demo").catch(orNothing);
  const models = [await store.models({}), await store.models({ name: "m" }), (await store.evaluation("e")) ?? null];
  const listed = JSON.stringify([...models, await store.views(), revisions ?? null, await seeLists(store)]);
  return { seen, listed };
}

/** @returns which instances lists show. They may be in a wrong order where their index is damaged */
async function seeLists(store: EmbeddedStore): Promise<unknown[]> {
  const figure: Field = { kind: "metric", figure: "last", name: "loss" };
  const fields: Field[] = [{ kind: "fact", name: "startTime" }, figure, { ...figure, labels: {} }];
  const terms: Term[][] = [
    [],
    [{ text: "one" }],
    [{ field: { kind: "fact", name: "training" }, operator: "=", operand: { text: "demo" } }],
    ...[figure, { ...figure, labels: {} }].map((field): Term[] => [{ field, operator: ">", operand: { text: "0", number: 0 } }]),
  ];
  const seen: unknown[] = [];
  for (const field of fields) {
    for (const [i, all] of terms.entries()) {
      const { instances, total } = await store.list({ terms: all, sort: { field, isDown: i % 2 === 0 }, limit: 10, lostBeforeMs: 0 });
      seen.push([total, instances.map(({ id }) => id).toSorted()]);
    }
  }
  const trainings = await store.trainings(0);
  seen.push(
    trainings.map(({ name, instances, running }) => [name, instances, running]),
    (await store.silent(0, Number.MAX_VALUE)).map(({ id }) => id).toSorted(),
  );
  await store.figures();
  return seen;
}

/** What a disk does to a file. */
export interface Spoiled {
  what: string;
  bytes: Buffer;
}

/** @returns the file with one bit the other way */
export function flipped(whole: Buffer, at: number, bit: number): Spoiled {
  const bytes = Buffer.from(whole);
  bytes[at]! ^= 1 << bit;
  return { what: `bit ${bit} of byte ${at} flipped`, bytes };
}

/** @returns for each page that holds rows, or entries of an index, the file with the last of them hidden */
export function hidden(whole: Buffer): Spoiled[] {
  return Array.from({ length: whole.length / PAGE_BYTES }, (_, page) => {
    const at = page * PAGE_BYTES + (page === 0 ? 100 : 0);
    const cells = LEAF_KINDS.has(whole[at]!) ? whole.readUInt16BE(at + CELLS_AT) : 0;
    const bytes = Buffer.from(whole);
    if (cells > 0) bytes.writeUInt16BE(cells - 1, at + CELLS_AT);
    return { what: `one of ${cells} cells of page ${page + 1} hidden`, bytes };
  }).filter(({ bytes }) => !bytes.equals(whole));
}

/** @returns the file without what is from a place on */
export function cut(whole: Buffer, at: number): Spoiled {
  return { what: `cut at ${at}`, bytes: whole.subarray(0, at) };
}

/** @returns the file with a bit flipped, cut, with a stretch of zeroes or two pages exchanged */
export function spoiled(whole: Buffer, { next: random, below }: Random): Spoiled {
  const at = below(whole.length);
  const kind = random();
  if (kind < 0.7) return flipped(whole, at, below(8));
  if (kind < 0.8) return cut(whole, at);
  const bytes = Buffer.from(whole);
  if (kind < 0.9) {
    const end = Math.min(bytes.length, at + 1 + below(600));
    return { what: `zeroes from ${at} to ${end}`, bytes: bytes.fill(0, at, end) };
  }
  const [a, b] = [random(), random()].map((share) => Math.floor((share * bytes.length) / PAGE_BYTES) * PAGE_BYTES) as [number, number];
  whole.copy(bytes, a, b, b + PAGE_BYTES);
  whole.copy(bytes, b, a, a + PAGE_BYTES);
  return { what: `pages at ${a} and ${b} exchanged`, bytes };
}

/**
 * Opens a damaged store, and sees that nothing wrong is served, that what is lost is told, and that no error but ours comes.
 *
 * @param whole - the store
 * @param spoiled - its file
 */
export async function proveDamageIsTold(whole: WholeStore, { what, bytes }: Spoiled): Promise<void> {
  const dataDir = testFolder();
  writeFileSync(join(dataDir, "store.db"), bytes);
  writeFileSync(join(dataDir, "README.txt"), "");
  mkdirSync(join(dataDir, "log"));
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
  if (warnings.length > 0) expect(checkStore(dataDir).damage, `${what}: ${warnings[0]}`).not.toEqual([]);
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
