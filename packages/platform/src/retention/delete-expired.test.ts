import { describe, expect, test } from "vitest";
import { BatchWriter } from "../testing/batch-writer.js";
import { DRIVERS } from "../testing/drivers.js";
import { deleteExpired } from "./delete-expired.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 24 * 3_600_000;

describe.each(DRIVERS)("how long runs are kept: %s", (_name, openDriver) => {
  test("runs that were not heard for as many days as their training keeps them are deleted; those that are live or kept stay", async () => {
    let nowMs = START_MS;
    const { store, replica } = await openDriver(() => nowMs);
    const clock = { now: () => nowMs, lostAfterMs: 60_000 };
    const told: string[] = [];
    const left = async (): Promise<string[]> => {
      const query = { terms: [], sort: { field: { kind: "fact", name: "id" }, isDown: false }, limit: 1000, lostBeforeMs: 0 } as const;
      return (await replica.list(query)).instances.map(({ id }) => id);
    };
    for (let i = 0; i < 230; i++) await store.putFacts(`old-${String(i).padStart(3, "0")}`, { training: "short", state: "done" });
    await store.putFacts("old-007", { training: "short", tags: ["best", "keep"] });
    await store.putModel({ name: "net", trainingRef: { instanceID: "old-008" } });
    const writer = new BatchWriter("writer-one", undefined, "short");
    await store.takeRecords("live", writer.log({ loss: 1 }, 1).body());
    await store.putFacts("lost", { training: "short", state: "running" });
    await store.putFacts("other", { training: "long", state: "done" });
    await store.putTraining("long", { retentionDays: 40 });
    await store.putTraining("short", { retentionDays: 30, note: "nightly" });
    await store.putTraining("for-ever", { note: "no days" });

    nowMs += 20 * DAY_MS;
    await store.takeRecords("live", writer.log({ loss: 2 }, 2).body());
    await deleteExpired(replica, clock, (sentence) => told.push(sentence));
    expect((await left()).length).toBe(233);

    nowMs += 11 * DAY_MS;
    await store.putTraining("short", { retentionDays: 0 });
    await deleteExpired(replica, clock, (sentence) => told.push(sentence));
    expect((await left()).length).toBe(233);
    expect(told).toEqual([]);

    await store.putTraining("short", { retentionDays: 30 });
    await deleteExpired(replica, clock, (sentence) => told.push(sentence));
    expect(await left()).toEqual(["live", "old-007", "old-008", "other"]);
    expect(told).toEqual([expect.stringMatching(/^229 runs of the training short .* 30 days/)]);

    // As any that was deleted.
    await store.restoreInstance("old-001");
    expect(await left()).toContain("old-001");
  });
});
