import { describe, expect, test, vi } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../testing/postgres-driver.js";
import type { Store } from "../contract/store.js";
import type { PostgresStore } from "./postgres.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");

describe.skipIf(!hasPostgres)("a database that goes back", () => {
  test("brought back to an earlier time under a replica: lists and charts show none of what was remembered", async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    const name = new URL(url).pathname.slice(1);
    const write = async (store: PostgresStore, value: number): Promise<void> => {
      await store.putFacts("one", { params: { lr: value } });
      const writer = new BatchWriter("writer-one");
      for (let step = 0; step < 5000; step++) writer.log({ loss: value + (step % 7) }, step);
      await store.takeRecords("one", writer.body());
      await store.seal();
    };
    const first = await openReplica(url, now);
    await first.putFacts("one", { training: "demo" });
    await first.close();
    const earlier = await server.database(name);

    const store = await openReplica(url, now);
    const seen = async (replica: Store): Promise<unknown> => {
      const lr = { kind: "param", key: "lr" } as const;
      const groups = await replica.groups({ terms: [], by: [lr], metrics: [], lostBeforeMs: 0 });
      const windows = await replica.windows([{ instance: "one", name: "loss", axis: "step", buckets: 10 }]);
      return { params: groups.map(({ values }) => values), windows };
    };
    await write(store, 1);
    await seen(store);
    await server.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${name}'`);
    await server.sql(`ALTER DATABASE ${name} RENAME TO ${name}_late; ALTER DATABASE ${earlier} RENAME TO ${name}`);

    const fresh = await openReplica(url, now);
    await write(fresh, 100);
    expect(await vi.waitFor(() => seen(store))).toEqual(await seen(fresh));
  });
});
