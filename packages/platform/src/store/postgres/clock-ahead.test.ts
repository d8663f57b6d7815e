import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresUrl } from "../../testing/postgres-driver.js";

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
});
