import { describe, expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../testing/postgres-driver.js";
import { openPostgres } from "./open.js";

const HOUR_MS = 3_600_000;

const stateOf = { kind: "fact", name: "state" } as const;

describe.skipIf(!hasPostgres)("a replica whose clock is an hour ahead of the database's", () => {
  test("a run that it heard last is lost as soon as any other that says nothing more", async () => {
    const url = await postgresUrl();
    const ahead = await openReplica(url, () => Date.now() + HOUR_MS);
    const other = await openReplica(url, Date.now);
    const writer = new BatchWriter("writer-one");
    await ahead.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    // Nothing new: it is heard by this alone.
    await ahead.takeRecords("one", writer.body());
    const soonMs = Date.now() + 60_000;
    expect((await other.instance("one")).heartbeatMs).toBeLessThan(soonMs);
    const groups = await other.groups({ terms: [], by: [stateOf], metrics: [], lostBeforeMs: soonMs });
    expect(groups.map(({ values }) => values)).toEqual([["lost"]]);
    expect(Math.abs(ahead.now() - Date.now())).toBeLessThan(60_000);
  });

  test("a run that an older platform heard in the future is mended at a start: it looked alive until then, also to who had read it", async () => {
    const url = await postgresUrl();
    const before = await openReplica(url, Date.now);
    const writer = new BatchWriter("writer-one");
    await before.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    await before.takeRecords("two", new BatchWriter("writer-two").log({ loss: 1 }, 1).body());
    const aheadMs = Date.now() + HOUR_MS;
    const server = await postgresServer();
    await server.sql(`UPDATE ava.instances SET heartbeat_ms = ${aheadMs} WHERE id = 'one'`, new URL(url).pathname.slice(1));
    expect((await before.instance("one")).heartbeatMs).toBe(aheadMs);
    const after = await openPostgres({ url, now: Date.now, connections: 3 });
    onTestFinished(() => after.close());
    const soonMs = Date.now() + 60_000;
    for (const store of [before, after]) {
      expect((await store.instance("one")).heartbeatMs).toBeLessThan(soonMs);
      const groups = await store.groups({ terms: [], by: [stateOf], metrics: [], lostBeforeMs: soonMs });
      expect(groups.map(({ values }) => values)).toEqual([["lost"]]);
    }
    // What comes next does not bring it back.
    await before.takeRecords("one", writer.log({ loss: 2 }, 2).body());
    expect((await after.instance("one")).heartbeatMs).toBeLessThan(soonMs);
  });
});
