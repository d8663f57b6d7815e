import { describe, expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf } from "../../../testing/seen.js";
import type { Store } from "../../contract/store.js";
import { Database } from "../connect/database.js";
import { Bases } from "../load/bases.js";
import { ChunkFetcher } from "../segments/chunk-fetcher.js";
import { StoredBodies } from "../segments/stored-bodies.js";
import { Sealer } from "./sealer.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const CLOCK = { now, lostAfterMs: 60_000 };

async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}

/** A database whose instances are all of one bucket. */
async function oneBucket(): Promise<string> {
  const url = await postgresUrl();
  await sql(url, "ALTER TABLE ava.instances ALTER no SET INCREMENT BY 64");
  return url;
}

/** A sealer that does something before each of its transactions. */
function sealerOf(url: string, beforeWriting: () => Promise<void>): { sealer: Sealer; warnings: string[] } {
  const database = new Database({ url, connections: 3 });
  onTestFinished(() => database.close());
  const transaction: Database["transaction"] = async (work) => {
    await beforeWriting();
    return database.transaction(work);
  };
  const proxied = new Proxy(database, {
    get(target, name) {
      if (name === "transaction") return transaction;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const source = { readHeads: () => [], readChunk: () => expect.unreachable() };
  const bodies = new StoredBodies(database);
  const bases = new Bases(new ChunkFetcher(bodies, () => undefined));
  const warnings: string[] = [];
  const parts = { database: proxied, bodies, bases, advancing: { source, tell: () => undefined } };
  return { sealer: new Sealer(parts, "one", (message) => warnings.push(message)), warnings };
}

/** Sends points of several series, whole chunks among them, output, an event and facts. */
async function send(store: Store, writer: BatchWriter, points: number): Promise<void> {
  const id = writer.id.slice("writer-".length);
  const from = writer.seq;
  for (let step = from; step < from + points; step++) writer.log({ loss: Math.sin(step), [`of ${id}`]: step / 2 }, step);
  writer.print(`${id} from ${from}\n`).add({ type: "facts", facts: { state: "running", note: `${id} at ${from}` } });
  writer.add({ type: "event", event: { event: "snapshot", step: from, file: `${id}.bin` } });
  await store.takeRecords(id, writer.body());
}

describe.skipIf(!hasPostgres)("instances that are sealed together", () => {
  test("small instances of a bucket are sealed in one transaction each 64, one with much by itself, and go on from there", async () => {
    const url = await oneBucket();
    const store = await openReplica(url, now);
    const ids = Array.from({ length: 66 }, (_, i) => `run-${i}`);
    const writers = ids.map((id) => new BatchWriter(`writer-${id}`));
    const seen = async (): Promise<object[]> => {
      const replica = await openReplica(url, now);
      return Promise.all(ids.map((id) => contentOf(replica, id, CLOCK)));
    };
    // The second time most have a chunk that is not full and a piece of log which go on, some have whole chunks.
    for (const most of [20, 4200]) {
      for (const [i, writer] of writers.entries()) await send(store, writer, i % 16 === 0 ? most : 1 + (i % 5));
      const expected = await seen();
      // Between the first 64 and the last.
      await sql(url, "UPDATE ava.instances SET unsealed_bytes = unsealed_bytes + 9000000 WHERE id = 'run-64'");
      let transactions = 0;
      const { sealer, warnings } = sealerOf(url, async () => void transactions++);
      await sealer.sealAll();
      expect(transactions).toBe(3);
      expect(sealer.sealed).toBe(66);
      expect(warnings).toEqual([]);
      expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("0");
      expect(await seen()).toEqual(expected);
    }
    expect(Number(await sql(url, "SELECT count(DISTINCT instance) FROM ava.segments"))).toBe(5);
    expect(await (await openReplica(url, now)).findDamage("run-16")).toEqual([]);
  }, 120_000);

  test("of a group one is damaged, one is removed and one grows meanwhile: the others are sealed, and what has come stays in the journal", async () => {
    const url = await oneBucket();
    const store = await openReplica(url, now);
    const ids = ["one", "removed", "growing", "two", "three", "damaged", "four", "five"];
    const writers = new Map(ids.map((id) => [id, new BatchWriter(`writer-${id}`)]));
    for (const writer of writers.values()) await send(store, writer, 10);
    for (const writer of writers.values()) await send(store, writer, 10);
    const damaged = await contentOf(store, "damaged", CLOCK);
    const journalOfDamaged = "instance = (SELECT no FROM ava.instances WHERE id = 'damaged') AND pos = 2";
    await sql(url, `CREATE TABLE public.kept AS SELECT * FROM ava.journal WHERE ${journalOfDamaged}`);
    await sql(url, `UPDATE ava.journal SET head = 'x' WHERE ${journalOfDamaged}`);
    let grown = 0;
    const { sealer, warnings } = sealerOf(url, async () => {
      await sql(url, "DELETE FROM ava.journal USING ava.instances WHERE instance = no AND id = 'removed'");
      await sql(url, "DELETE FROM ava.instances WHERE id = 'removed'");
      await send(store, writers.get("growing")!, 1);
      grown++;
    });
    await sealer.sealAll();
    expect(warnings).toEqual([expect.stringMatching(/stay in the journal: damaged cannot be sealed.*Command 2/)]);
    expect(sealer.sealed).toBe(6);
    // Its first transaction was taken back for the one that was removed: the last that had it sealed what was there before.
    const marks = (await sql(url, "SELECT id, sealed_pos, pos - sealed_pos FROM ava.instances WHERE sealed_pos < pos ORDER BY id")).split(
      "\n",
    );
    expect(marks[0]).toBe("damaged|0|2");
    expect(marks[1]).toMatch(/^growing\|4\|\d+$/);
    expect(marks.length).toBe(2);
    expect(await sql(url, "SELECT count(*) FROM ava.journal j JOIN ava.instances i ON i.no = j.instance WHERE j.pos <= i.sealed_pos")).toBe(
      "0",
    );
    // Nothing of what was taken back is there.
    const tables = ["sealed", "series", "log_pieces", "events", "figures", "journal"];
    for (const table of tables)
      expect(await sql(url, `SELECT count(*) FROM ava.${table} WHERE instance NOT IN (SELECT no FROM ava.instances)`)).toBe("0");
    await sql(url, `UPDATE ava.journal SET head = (SELECT head FROM public.kept) WHERE ${journalOfDamaged}`);
    const replica = await openReplica(url, now);
    expect(await contentOf(replica, "damaged", CLOCK)).toEqual(damaged);
    await replica.seal();
    expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("0");
    const last = await openReplica(url, now);
    expect(await contentOf(last, "damaged", CLOCK)).toEqual(damaged);
    for (const id of ids.filter((one) => one !== "removed" && one !== "damaged")) {
      const content = await contentOf(last, id, CLOCK);
      expect(content).toEqual(await contentOf(store, id, CLOCK));
      expect(await last.findDamage(id)).toEqual([]);
      expect(content.points.trim().split("\n").length).toBe(id === "growing" ? 40 + 2 * grown : 40);
    }
  }, 120_000);
});
