import { isToBeRemoved, REMOVED_AFTER_MS } from "../state/deleted.js";
import type { KeptTraining } from "../state/target.js";
import type { Database } from "./connect/database.js";

/** Instances of one transaction. */
const BATCH = 20;

/** Tables that have rows of instances, by their number. */
const TABLES = ["journal", "facts", "figures", "sealed", "events", "series", "overviews", "segments", "log_pieces"] as const;

/** Removes for good what was deleted long enough ago, a few instances at a time. @returns how many instances */
export async function prune(database: Database, nowMs: number): Promise<number> {
  let removed = 0;
  for (let found = BATCH; found === BATCH; removed += found) {
    found = await database.transaction(async (ask) => {
      const text = "SELECT no FROM ava.instances WHERE deleted_ms < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED";
      const nos = (await ask<{ no: number }>(text, [nowMs - REMOVED_AFTER_MS, BATCH])).map(({ no }) => no);
      for (const table of nos.length === 0 ? [] : TABLES) await ask(`DELETE FROM ava.${table} WHERE instance = ANY ($1::bigint[])`, [nos]);
      if (nos.length > 0) await ask("DELETE FROM ava.instances WHERE no = ANY ($1::bigint[])", [nos]);
      return nos.length;
    });
  }
  await database.transaction(async (ask) => {
    const text = "SELECT kept FROM ava.trainings WHERE deleted_ms < $1 FOR UPDATE SKIP LOCKED";
    const trainings = (await ask<{ kept: string }>(text, [nowMs - REMOVED_AFTER_MS])).map(({ kept }) => JSON.parse(kept) as KeptTraining);
    const names = trainings.filter((training) => isToBeRemoved(training, nowMs)).map(({ name }) => name);
    await ask("DELETE FROM ava.revisions WHERE training = ANY ($1::text[])", [names]);
    await ask("DELETE FROM ava.trainings WHERE name = ANY ($1::text[])", [names]);
  });
  return removed;
}
