import { isToBeRemoved, REMOVED_AFTER_MS } from "../state/deleted.js";
import type { KeptTraining } from "../state/target.js";
import type { Database } from "./connect/database.js";
import type { StoredBodies } from "./segments/stored-bodies.js";

/** Instances of one transaction. */
const BATCH = 20;

/** Tables that have rows of instances, by their number. */
const TABLES = ["journal", "facts", "figures", "sealed", "events", "series", "overviews", "segments", "log_pieces"] as const;

/** Of tables with much of an instance, how many rows go in one statement: none takes long, and intake goes on beside it. */
const LARGE_TABLES = { segments: ["no", 8], log_pieces: ["start", 256], journal: ["pos", 256], series: ["no", 1000] } as const;

/** Removes for good what was deleted long enough ago, a little at a time. @returns how many instances */
export async function prune(database: Database, bodies: StoredBodies, nowMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const text = "SELECT no FROM ava.instances WHERE deleted_ms < $1 ORDER BY id LIMIT $2";
    const old = (await database.ask<{ no: number }>(text, [nowMs - REMOVED_AFTER_MS, BATCH])).map(({ no }) => no);
    for (const no of old) await removeRows(database, bodies, no);
    const found = old.length === 0 ? 0 : await removeInstances(database, bodies, old, nowMs);
    removed += found;
    // Others may be at it as well.
    if (found === 0) break;
  }
  await removeTrainings(database, nowMs);
  return removed;
}

/** It can no longer be restored, and shows nothing: what is removed of it in part stays removed. */
async function removeRows(database: Database, bodies: StoredBodies, instance: number): Promise<void> {
  for (const [table, [key, rows]] of Object.entries(LARGE_TABLES)) {
    const of = `SELECT ${key} FROM ava.${table} WHERE instance = $1 ORDER BY ${key} LIMIT ${rows}`;
    const isObject = table === "segments" ? "bytes IS NULL" : "false";
    const text = `DELETE FROM ava.${table} WHERE instance = $1 AND ${key} IN (${of}) RETURNING ${key} AS no, ${isObject} AS "isObject"`;
    for (let found: number = rows; found === rows; ) {
      const gone = await database.ask<{ no: number; isObject: boolean }>(text, [instance]);
      await bodies.remove(gone.filter((row) => row.isObject).map(({ no }) => no));
      found = gone.length;
    }
  }
}

async function removeInstances(database: Database, bodies: StoredBodies, old: readonly number[], nowMs: number): Promise<number> {
  const { nos, objects } = await database.transaction(async (ask) => {
    const text = "SELECT no FROM ava.instances WHERE no = ANY ($1::bigint[]) AND deleted_ms < $2 ORDER BY id FOR UPDATE SKIP LOCKED";
    const locked = (await ask<{ no: number }>(text, [old, nowMs - REMOVED_AFTER_MS])).map(({ no }) => no);
    // A sealing may have ended since.
    const late = await ask<{ no: number }>("SELECT no FROM ava.segments WHERE instance = ANY ($1::bigint[]) AND bytes IS NULL", [locked]);
    for (const table of TABLES) await ask(`DELETE FROM ava.${table} WHERE instance = ANY ($1::bigint[])`, [locked]);
    await ask("DELETE FROM ava.instances WHERE no = ANY ($1::bigint[])", [locked]);
    return { nos: locked, objects: late.map(({ no }) => no) };
  });
  await bodies.remove(objects);
  return nos.length;
}

async function removeTrainings(database: Database, nowMs: number): Promise<void> {
  await database.transaction(async (ask) => {
    const text = "SELECT kept FROM ava.trainings WHERE deleted_ms < $1 FOR UPDATE SKIP LOCKED";
    const trainings = (await ask<{ kept: string }>(text, [nowMs - REMOVED_AFTER_MS])).map(({ kept }) => JSON.parse(kept) as KeptTraining);
    const names = trainings.filter((training) => isToBeRemoved(training, nowMs)).map(({ name }) => name);
    await ask("DELETE FROM ava.revisions WHERE training = ANY ($1::text[])", [names]);
    await ask("DELETE FROM ava.trainings WHERE name = ANY ($1::text[])", [names]);
  });
}
