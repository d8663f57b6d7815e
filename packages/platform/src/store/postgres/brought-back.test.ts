import { describe, expect, onTestFinished, test, vi } from "vitest";
import { hasPgBouncer, PgBouncer } from "../../../../../tests/processes/pgbouncer.js";
import { PostgresProcess } from "../../../../../tests/processes/postgres.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../testing/postgres-driver.js";
import type { Store } from "../contract/store.js";
import type { PostgresStore } from "./postgres.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");

async function write(store: PostgresStore, value: number): Promise<void> {
  await store.putFacts("one", { params: { lr: value } });
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 5000; step++) writer.log({ loss: value + (step % 7) }, step);
  await store.takeRecords("one", writer.body());
  await store.seal();
}

/** What a replica shows. */
interface Seen {
  params: unknown;
  windows: unknown;
  facts: object;
}

async function seen(replica: Store): Promise<Seen> {
  const lr = { kind: "param", key: "lr" } as const;
  const groups = await replica.groups({ terms: [], by: [lr], metrics: [], lostBeforeMs: 0 });
  const windows = await replica.windows([{ instance: "one", name: "loss", axis: "step", buckets: 10 }]);
  const { facts } = await replica.instance("one");
  return { params: groups.map(({ values }) => values), windows, facts };
}

/** Takes a database out of the way, and cuts its connections. */
async function cutOff(server: PostgresProcess, name: string): Promise<void> {
  await server.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await server.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${name}'`);
}

describe.skipIf(!hasPostgres)("a database that goes back", () => {
  test("brought back to an earlier time under a replica: lists and charts show none of what was remembered", async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    const name = new URL(url).pathname.slice(1);
    const first = await openReplica(url, now);
    await first.putFacts("one", { training: "demo" });
    await first.close();
    const earlier = await server.database(name);

    const store = await openReplica(url, now);
    await write(store, 1);
    await seen(store);
    await cutOff(server, name);
    await server.sql(`ALTER DATABASE ${name} RENAME TO ${name}_late; ALTER DATABASE ${earlier} RENAME TO ${name}`);

    const fresh = await openReplica(url, now);
    await write(fresh, 100);
    expect(await vi.waitFor(() => seen(store))).toEqual(await seen(fresh));
  });
});

/** A way back to what there was when it was prepared. @returns goes it; the server that is behind the pooler then */
type Way = (server: PostgresProcess, name: string) => Promise<() => Promise<PostgresProcess>>;

/** @returns a server with a database, and a pooler in front of it, which end with the test */
async function startBehindPooler(): Promise<{ server: PostgresProcess; name: string; pooler: PgBouncer }> {
  const server = await PostgresProcess.start();
  onTestFinished(() => server.remove());
  const pooler = await PgBouncer.start(server);
  onTestFinished(() => pooler.stop());
  return { server, name: await server.database(), pooler };
}

const loadDump: Way = async (server, name) => {
  const earlier = await server.database(name);
  return async () => {
    await cutOff(server, name);
    await server.sql(`ALTER DATABASE ${name} RENAME TO ${name}_late; ALTER DATABASE ${earlier} RENAME TO ${name}`);
    return server;
  };
};

const startCopy: Way = async (server) => {
  const copy = await server.baseBackup();
  return async () => {
    await server.stop();
    await copy.launch();
    return copy;
  };
};

const promoteOldStandby: Way = async (server) => {
  const standby = await server.standby();
  await standby.sql("ALTER SYSTEM SET primary_conninfo = ''");
  await standby.sql("SELECT pg_reload_conf()");
  await vi.waitFor(async () => expect(await server.sql("SELECT count(*) FROM pg_stat_replication")).toBe("0"), 30_000);
  return async () => {
    await server.kill();
    await standby.promote();
    return standby;
  };
};

describe.skipIf(!hasPostgres || !hasPgBouncer())(
  "a database that goes back behind PgBouncer, which keeps all connections of a replica",
  () => {
    test.each([
      ["a dump that is loaded under the same name", loadDump],
      ["a copy of the server's files that is started in its place", startCopy],
      ["a standby that is promoted without the last of what the primary had", promoteOldStandby],
    ])("%s: replicas show nothing, and write nothing, of what they remember", { timeout: 300_000 }, async (_what, prepare) => {
      const { server, name, pooler } = await startBehindPooler();
      const first = await openReplica(server.url(name), now);
      await first.putFacts("one", { training: "demo" });
      await first.close();
      const goBack = await prepare(server, name);

      const [asked, told] = [await openReplica(pooler.url(name), now), await openReplica(pooler.url(name), now)];
      await write(asked, 1);
      for (const replica of [asked, told]) await seen(replica);
      const behind = await goBack();
      if (behind !== server) onTestFinished(() => behind.remove());
      pooler.pointTo(behind);

      const fresh = await openReplica(behind.url(name), now);
      await write(fresh, 100);
      const shown = await seen(fresh);
      expect(await vi.waitFor(() => seen(asked), 30_000)).toEqual(shown);
      await vi.waitFor(() => told.putFacts("one", { note: "later" }), 30_000);
      expect(await seen(fresh)).toEqual({ ...shown, facts: { ...shown.facts, note: "later" } });
    });

    test("a process of PostgreSQL that is killed, after which numbers of transactions come again: a list shows what was changed since", async () => {
      const { server, name, pooler } = await startBehindPooler();
      const before = await openReplica(server.url(name), now);
      await before.putFacts("one", { params: { lr: 1 } });
      await before.close();
      const asked = await openReplica(pooler.url(name), now);
      await seen(asked);
      // Transactions that write nothing leave no trace of their numbers.
      await server.sql("DO $$ BEGIN FOR i IN 1..50 LOOP PERFORM pg_current_xact_id(); ROLLBACK; END LOOP; END $$");
      await seen(asked);
      process.kill(Number(await server.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")), "SIGKILL");

      const fresh = await vi.waitFor(() => openReplica(server.url(name), now), 30_000);
      await vi.waitFor(() => fresh.putFacts("one", { params: { lr: 2 } }), 30_000);
      expect(await vi.waitFor(() => seen(asked), 30_000)).toEqual(await seen(fresh));
    }, 120_000);
  },
);
