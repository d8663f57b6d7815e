import { expect, test } from "vitest";
import { FolderFiles } from "../files/folder-files.js";
import { BatchWriter } from "../testing/batch-writer.js";
import { testFolder } from "../testing/folder.js";
import { hasPostgres, openReplica, postgresUrl } from "../testing/postgres-driver.js";
import { removeOld } from "./remove-old.js";

const DAY_MS = 24 * 3_600_000;

test.runIf(hasPostgres)(
  "a replica whose clock is days ahead removes nothing, neither live runs of others nor what was just deleted",
  async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, Date.now);
    const now = () => Date.now() + 40 * DAY_MS;
    const ahead = await openReplica(url, now);
    await store.putTraining("short", { retentionDays: 30 });
    const writer = new BatchWriter("writer-one", undefined, "short");
    await store.takeRecords("live", writer.log({ loss: 1 }, 1).body());
    await store.putFacts("deleted", { training: "short", state: "done" });
    await store.deleteInstance("deleted");

    const told: string[] = [];
    await removeOld({
      store: ahead,
      files: new FolderFiles(testFolder()),
      clock: { now, lostAfterMs: 60_000 },
      clockAheadMs: () => ahead.clockAheadMs(),
      warn: (sentence) => told.push(sentence),
    });
    expect(told).toEqual([expect.stringMatching(/clock of this machine is 34560\d\d s ahead of the database's/)]);
    await store.takeRecords("live", writer.log({ loss: 2 }, 2).body());
    await store.restoreInstance("deleted");
  },
);
