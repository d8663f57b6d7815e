import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf, exported } from "../../../testing/seen.js";
import type { Store } from "../../contract/store.js";
import { type Ask, Database } from "../connect/database.js";
import { Bases } from "../load/bases.js";
import { openPostgres } from "../open.js";
import { ChunkFetcher } from "../segments/chunk-fetcher.js";
import { StoredBodies } from "../segments/stored-bodies.js";
import { type Lease, LeaseLost, takeLease } from "./leases.js";
import { type SealParts, sealGroup } from "./seal.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const CLOCK = { now, lostAfterMs: 60_000 };
const ROOT = fileURLToPath(new URL("../../../../../..", import.meta.url));

/** A replica that only seals, in a process of its own. */
const SEALER = `
  import { openPostgres } from "./packages/platform/dist/store/postgres/open.js";
  await openPostgres({ url: process.argv[1], connections: 3, sealing: JSON.parse(process.argv[2]) });
  console.log("open");
  setInterval(() => undefined, 1000);
`;
const ALL_TABLES = ["sealed", "events", "series", "overviews", "segments", "log_pieces", "journal", "figures"];

async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}

/** @returns everything that sealing changes, as a text */
function tablesOf(url: string): Promise<string> {
  return sql(
    url,
    ALL_TABLES.map((table) => `SELECT '${table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ava.${table} t`).join(" UNION ALL "),
  );
}

function sealParts(url: string): SealParts {
  const database = new Database({ url, connections: 3 });
  onTestFinished(() => database.close());
  const source = { readHeads: () => [], readChunk: () => expect.unreachable() };
  const bodies = new StoredBodies(database);
  const fetcher = new ChunkFetcher(bodies, () => undefined);
  return { database, bodies, bases: new Bases(fetcher), advancing: { source, tell: () => undefined } };
}

/** Sends points, output, events and facts. */
async function send(store: Store, writer: BatchWriter, from: number, count: number): Promise<void> {
  for (let step = from; step < from + count; step++) writer.log({ loss: Math.sin(step), acc: step / 2 }, step);
  writer.print(`steps from ${from}\n`).add({ type: "facts", facts: { state: "running", note: `at ${from}` } });
  await store.takeRecords("one", writer.body());
}

describe.skipIf(!hasPostgres)("sealing", () => {
  test("a sealer whose lease ended while it was stopped changes nothing, also when another has sealed meanwhile", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    await send(store, writer, 0, 5000);
    const expected = await contentOf(store, "one", CLOCK);
    const late = sealParts(url);
    const lease = (await takeLease(late.database, 1, "late", 50))!;
    await vi.waitFor(async () => expect(await sql(url, "SELECT expires < clock_timestamp() FROM ava.leases")).toBe("t"));
    const before = await tablesOf(url);
    await expect(sealGroup(late, [1], lease)).rejects.toThrow(LeaseLost);
    expect(await tablesOf(url)).toBe(before);
    // Stopped between reading and writing, while the other takes the lease, seals, and more comes in.
    const woken: SealParts = {
      ...late,
      database: stoppedBeforeWriting(late.database, async () => {
        await store.seal();
        await send(store, writer, 5000, 10);
      }),
    };
    const held = (await takeLease(late.database, 1, "late", 1))!;
    await vi.waitFor(async () => expect(await sql(url, "SELECT expires < clock_timestamp() FROM ava.leases")).toBe("t"));
    await expect(sealGroup(woken, [1], held)).rejects.toThrow(LeaseLost);
    expect(await sql(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("1|2");
    // Even one that believed in its lease would be stopped by the mark.
    const stale: Lease = (await takeLease(late.database, 1, "late", 30_000))!;
    await expect(
      sealGroup({ ...late, database: stoppedBeforeWriting(late.database, () => sealAs(url, stale)) }, [1], stale),
    ).rejects.toThrow("Sealed or removed meanwhile: one");
    expect(await sql(url, "SELECT sealed_pos, pos FROM ava.instances")).toBe("2|2");
    const { points: all } = await contentOf(await openReplica(url, now), "one", CLOCK);
    const points = all.trim().split("\n");
    expect(points.length).toBe(2 * 5010);
    expect(expected.points.trim().split("\n").length).toBe(2 * 5000);
  });

  test("a connection that is cut before any statement of a sealing: nothing is lost or doubled, and the next sealing does it", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    let sealings = 0;
    let cuts = 0;
    for (let at = 0, isCut = true; isCut; at++) {
      await send(store, writer, sealings * 4500, sealings === at ? 4500 : 0);
      sealings = at + 1;
      const expected = await contentOf(store, "one", CLOCK);
      const before = await tablesOf(url);
      const parts = sealParts(url);
      const lease = (await takeLease(parts.database, 1, `owner-${at}`, 30_000))!;
      isCut = false;
      const cutting = cutBefore(parts.database, at, url, () => (isCut = true));
      const failure = await sealGroup({ ...parts, database: cutting }, [1], lease).then(
        () => undefined,
        (error: unknown) => error,
      );
      await sql(url, "UPDATE ava.leases SET expires = '-infinity'");
      if (isCut) cuts++;
      expect((failure as { code?: string } | undefined)?.code).toBe(isCut ? "store_failed" : undefined);
      expect((await tablesOf(url)) === before).toBe(isCut);
      await store.seal();
      expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("0");
      expect(await contentOf(await openReplica(url, now), "one", CLOCK)).toEqual(expected);
    }
    // Lease, segment, series, log, figures (two), state, lock, mark with journal.
    expect(cuts).toBeGreaterThanOrEqual(9);
  }, 120_000);

  test("two sealers that fight for every lease while points come in on both replicas and connections are cut: every point once, in order", async () => {
    const url = await postgresUrl();
    // Two of three are sealed together.
    await sql(url, "ALTER TABLE ava.instances ALTER no SET INCREMENT BY 32");
    const { next, below } = randomOf(seedOfTest());
    const sealing = { everyMs: 1, minBytes: 1, maxAgeMs: 1 };
    const stores = await Promise.all([0, 1].map(() => openPostgres({ url, now, connections: 4, sealing })));
    for (const store of stores) onTestFinished(() => store.close());
    const state = { isOver: false };
    const cutting = (async () => {
      while (!state.isOver) {
        await new Promise((resolve) => setTimeout(resolve, 100 + next() * 300));
        await sql(
          url,
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5",
        );
      }
    })();
    const ship = async (id: string): Promise<void> => {
      const writer = new BatchWriter(`writer-${id}`);
      for (let body = 0; body < 40; body++) {
        const from = body * 300;
        for (let step = from; step < from + 300; step++) writer.log({ loss: step, acc: -step }, step);
        const bytes = writer.print(`${from}\n`).body();
        for (;;) {
          try {
            await stores[below(2)]!.takeRecords(id, bytes);
            break;
          } catch (error) {
            if ((error as { code?: string }).code !== "store_failed") throw error;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      }
    };
    await Promise.all(["one", "two", "three"].map(ship));
    state.isOver = true;
    await cutting;
    await vi.waitFor(async () => expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("0"), 10_000);
    const figures = await Promise.all(stores.map((store) => store.figures()));
    expect(Math.max(...figures.map(({ checkpoints }) => checkpoints))).toBeGreaterThan(0);
    for (const id of ["one", "two", "three"]) {
      const points = (await exported(await openReplica(url, now), [id], { format: "jsonl" })).trim().split("\n");
      const steps = points.map((line) => JSON.parse(line) as { name: string; step: number }).filter(({ name }) => name === "loss");
      expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12_000 }, (_, step) => step));
      const log = await (await openReplica(url, now)).readLog(id, { start: 0, bytes: 100_000 });
      expect(log.bytes.toString()).toBe(Array.from({ length: 40 }, (_, body) => `${body * 300}\n`).join(""));
      expect(log.damage).toEqual([]);
    }
  }, 120_000);

  test("a sealer that is stopped again and again for longer than its lease, while another seals: every point once, in order", async () => {
    const url = await postgresUrl();
    const sealing = { everyMs: 1, minBytes: 1, maxAgeMs: 1, leaseMs: 100 };
    const child = spawn(process.execPath, ["--input-type=module", "--eval", SEALER, url, JSON.stringify(sealing)], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const store = await openReplica(url, now);
    const random = randomOf(seedOfTest());
    const state = { isOver: false, stops: 0 };
    const stopping = (async () => {
      for (; !state.isOver; state.stops++) {
        await new Promise((resolve) => setTimeout(resolve, random.next() * 30));
        child.kill("SIGSTOP");
        await new Promise((resolve) => setTimeout(resolve, 150));
        // One that was stopped within its transaction holds the row of its lease.
        await Promise.race([store.seal(), new Promise((resolve) => setTimeout(resolve, 300))]);
        child.kill("SIGCONT");
      }
    })();
    const writer = new BatchWriter("writer-one");
    let sent = 0;
    // As long as it takes to be stopped some times.
    for (; sent < 9000 || state.stops < 3; sent += 30) await send(store, writer, sent, 30);
    state.isOver = true;
    await stopping;
    await vi.waitFor(async () => expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("0"), 20_000);
    const points = (await contentOf(await openReplica(url, now), "one", CLOCK)).points.trim().split("\n");
    const steps = points.map((line) => JSON.parse(line) as { name: string; step: number }).filter(({ name }) => name === "loss");
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: sent }, (_, step) => step));
  }, 120_000);

  test("a journal that is more than is sealed at a time is sealed in parts", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    for (let body = 0; body < 5; body++) await send(store, writer, body * 100, 100);
    const expected = await contentOf(store, "one", CLOCK);
    const parts = { ...sealParts(url), mostBytes: 20_000 };
    const lease = (await takeLease(parts.database, 1, "one", 30_000))!;
    const marks: string[] = [];
    while (await sealGroup(parts, [1], lease)) {
      marks.push(await sql(url, "SELECT sealed_pos, pos, is_unsealed FROM ava.instances"));
      expect(await contentOf(await openReplica(url, now), "one", CLOCK)).toEqual(expected);
    }
    expect(marks).toEqual(["3|5|t", "5|5|f"]);
  });

  test("long series: heads go from the row to overviews, and small ones become one", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    // Points more than 104 days apart begin new chunks: 1,100 of them without millions of points.
    const FAR_NS = 9_100_000_000_000_000n;
    for (const count of [63, 1, 2, 900, 57, 77]) {
      for (let i = 0; i < count; i++) writer.log({ loss: writer.seq }, writer.seq, undefined, BigInt(writer.seq - 550) * FAR_NS);
      await store.takeRecords("one", writer.body());
      await store.seal();
    }
    const firsts = (await sql(url, "SELECT first FROM ava.overviews ORDER BY first")).split("\n").map(Number);
    expect(firsts).toEqual([0, 1024]);
    const replica = await openReplica(url, now);
    const points = (await exported(replica, ["one"], { format: "jsonl" }))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { step: number; value: number });
    expect(points.length).toBe(1100);
    expect(points.map(({ value }) => value)).toEqual(points.map(({ step }) => step));
    expect(await replica.findDamage("one")).toEqual([]);
  });
});

/** A database whose user is stopped between what it has read and its first change. */
function stoppedBeforeWriting(database: Database, meanwhile: () => Promise<void>): Database {
  return proxied(database, async (work) => {
    await meanwhile();
    return database.transaction(work);
  });
}

/** A database that cuts the connection of a transaction before its n-th statement. */
function cutBefore(database: Database, n: number, url: string, onCut: () => void): Database {
  return proxied(database, (work) =>
    database.transaction(async (ask, mark) => {
      let statements = 0;
      const counting: Ask = async (text, values) => {
        if (statements++ === n) {
          onCut();
          const [{ pid } = { pid: 0 }] = await ask<{ pid: number }>("SELECT pg_backend_pid() AS pid");
          await sql(url, `SELECT pg_terminate_backend(${pid})`);
        }
        return ask(text, values);
      };
      return work(counting, mark);
    }),
  );
}

function proxied(database: Database, transaction: Database["transaction"]): Database {
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "transaction") return transaction;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

async function sealAs(url: string, lease: Lease): Promise<void> {
  await sealGroup(sealParts(url), [1], lease);
}
