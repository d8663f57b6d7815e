import { expect, onTestFinished, test, vi } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { Database } from "../connect/database.js";
import { Bell } from "./bell.js";

const CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

const LISTENING =
  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify%' AND state = 'idle'";

test.skipIf(!hasPostgres)(
  "a page of one replica is told at once of what comes to another, also after the connection that rings was cut",
  async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    const database = new URL(url).pathname.slice(1);
    const [store, replica] = [await openReplica(url, () => 0), await openReplica(url, () => 0)];
    const wake = vi.fn();
    onTestFinished(replica.watch(wake));
    await vi.waitFor(async () => expect(Number(await server.sql(LISTENING, database))).toBeGreaterThan(0), 5000);
    let { cursor } = await replica.changesSince(undefined);
    const writer = new BatchWriter("writer-one");
    const wakes = (): Promise<void> => vi.waitFor(() => expect(wake).toHaveBeenCalled(), 3000);
    const isTold = async (step: number): Promise<void> => {
      wake.mockClear();
      await store.takeRecords("one", writer.log({ loss: step }, step).body());
      await wakes();
      const page = await replica.changesSince(cursor);
      expect(page.changes.map(({ instance, series }) => [instance, series.get("loss")])).toEqual([["one", step]]);
      ({ cursor } = page);
    };
    await isTold(1);
    await isTold(2);
    wake.mockClear();
    await server.sql(CUT, database);
    await wakes();
    const page = await replica.changesSince(cursor);
    expect(page).toMatchObject({ changes: [], isReset: true });
    ({ cursor } = page);
    // The replica that takes it may have to notice first.
    await vi.waitFor(() => store.instance("one"), 5000);
    await isTold(3);
  },
);

test.skipIf(!hasPostgres)("changes of transactions that end in another order than they began in are told, each once", async () => {
  const url = await postgresUrl();
  const server = await postgresServer();
  const database = new URL(url).pathname.slice(1);
  const [store, replica] = [await openReplica(url, () => 0), await openReplica(url, () => 0)];
  onTestFinished(replica.watch(() => undefined));
  await store.putFacts("slow", {});
  let { cursor } = await replica.changesSince(undefined);
  // Holds the row, so that what comes to it begins before and ends after what comes to others.
  const hold = server.sql("BEGIN; SELECT 1 FROM ava.instances WHERE id = 'slow' FOR UPDATE; SELECT pg_sleep(0.5); COMMIT", database);
  await vi.waitFor(async () => {
    const locked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    expect(await server.sql(locked, database)).toBe("1");
  });
  const slow = store.putFacts("slow", { host: "a" });
  const told: string[] = [];
  for (let i = 0; i < 5; i++) {
    await store.putFacts(`quick-${i}`, {});
    const page = await replica.changesSince(cursor);
    ({ cursor } = page);
    told.push(...page.changes.map(({ instance }) => instance));
  }
  await Promise.all([hold, slow]);
  told.push(...(await replica.changesSince(cursor)).changes.map(({ instance }) => instance));
  expect(told.toSorted()).toEqual(["quick-0", "quick-1", "quick-2", "quick-3", "quick-4", "slow"]);
});

test.skipIf(!hasPostgres)("a replica that begins to hear rings looks once: it did not hear what was rung before", async () => {
  const database = new Database({ url: await postgresUrl() });
  const look = vi.fn();
  const bell = new Bell(database, look);
  onTestFinished(async () => {
    bell.close();
    await database.close();
  });
  bell.listen();
  await vi.waitFor(() => expect(bell.isHeard).toBe(true), 5000);
  expect(look).toHaveBeenCalledTimes(1);
});
