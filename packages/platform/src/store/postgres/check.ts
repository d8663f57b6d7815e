import { counted } from "../../counted.js";
import { PlatformError } from "../../error.js";
import { type Ask, Database } from "./connect/database.js";
import { openPostgres } from "./open.js";
import type { PostgresStore } from "./postgres.js";
import { refuseOlder } from "./schema/migrate.js";
import type { SegmentObjects } from "./segments/bodies.js";
import { checkObjects, type ListedObjects } from "./segments/check-objects.js";

/** Something in a database that is not as it was written. */
export interface DatabaseDamage {
  /** Instance, or table. */
  place: string;
  /** What is wrong and what is missing, without a full stop. */
  what: string;
}

/** What a check found and how much it looked at. */
export interface DatabaseCheck {
  damage: DatabaseDamage[];
  checked: { instances: number; series: number; points: number; "log bytes": number; objects: number; "objects without a row": number };
}

/** A bucket with segments. */
export type CheckedObjects = SegmentObjects & ListedObjects;

/** Tables with rows of instances, by their number. */
const TABLES = ["journal", "facts", "figures", "sealed", "events", "series", "overviews", "segments", "log_pieces"] as const;

/** Tables whose rows hold JSON, with the columns of their keys. */
const KEPT = {
  trainings: "name",
  revisions: "training || ' ' || revision",
  models: "name || ' ' || version",
  evaluations: "name",
  views: "name",
} as const;

/** Bytes of a log that are read at a time. */
const LOG_STEP_BYTES = 1024 * 1024;

/** Instances of one page. */
const PAGE = 500;

/**
 * Looks at everything in a database and changes nothing; replicas may use it.
 *
 * @param url - of the database
 * @param objects - the bucket of its segments, where there is one
 * @throws PlatformError `data_dir_unusable` where there is no store; `usage` also where its tables are of an older platform; `store_newer`, `store_failed`
 */
export async function checkPostgres(url: string, objects?: CheckedObjects): Promise<DatabaseCheck> {
  const database = new Database({ url, connections: 1 });
  let store: PostgresStore;
  try {
    await refuseOlder(database.ask);
    store = await openPostgres({ url, sealing: { everyMs: 0 }, objects });
  } catch (error) {
    await database.close();
    throw error;
  }
  const checked: DatabaseCheck["checked"] = { instances: 0, series: 0, points: 0, "log bytes": 0, objects: 0, "objects without a row": 0 };
  const damage: DatabaseDamage[] = [];
  try {
    await checkRows(database.ask, damage);
    const found = await checkObjects(database.ask, objects);
    damage.push(...found.damage.map(({ segment, what }) => ({ place: `table segments, row no = ${segment}`, what })));
    checked.objects = found.objects;
    checked["objects without a row"] = found.withoutRow;
    for (let after = ""; ; ) {
      const text = "SELECT id FROM ava.instances WHERE id > $1 AND pos > 0 AND deleted_ms IS NULL ORDER BY id LIMIT $2";
      const ids = (await database.ask<{ id: string }>(text, [after, PAGE])).map(({ id }) => id);
      for (const id of ids) await checkInstance(store, id, damage, checked);
      if (ids.length < PAGE) break;
      after = ids.at(-1)!;
    }
    return { damage, checked };
  } finally {
    await Promise.all([store.close(), database.close()]);
  }
}

async function checkInstance(store: PostgresStore, id: string, damage: DatabaseDamage[], checked: DatabaseCheck["checked"]): Promise<void> {
  const tell = (what: string): void => void damage.push({ place: `instance ${id}`, what: what.replace(/\.$/, "") });
  try {
    const { logBytes, damage: found } = await store.instance(id);
    checked.instances++;
    const series = await store.series(id);
    checked.series += series.length;
    checked["log bytes"] += logBytes;
    const told = new Set([...found, ...(await store.findDamage(id))]);
    for (let start = 0; start < logBytes; start += LOG_STEP_BYTES) {
      for (const sentence of (await store.readLog(id, { start, bytes: LOG_STEP_BYTES })).damage) told.add(sentence);
    }
    for (const sentence of told) tell(sentence);
    let points = 0;
    for await (const { rows } of store.points(id, true)) points += rows.count;
    checked.points += points;
    // A run that goes on has more of them at the end.
    const expected = [series, await store.series(id)].map((all) => all.reduce((sum, { count }) => sum + count, 0));
    if (told.size === 0 && (points < Math.min(...expected) || points > Math.max(...expected)))
      tell(`its series have ${counted(expected[0]!, "point")}, its chunks ${points}`);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    // It was removed or deleted meanwhile.
    if (error.code === "not_found" || error.code === "deleted") return;
    if (error.code !== "store_damaged") throw error;
    tell(error.message);
  }
}

/** Rows that belong to nothing, and rows of small tables that cannot be read. */
async function checkRows(ask: Ask, damage: DatabaseDamage[]): Promise<void> {
  for (const table of TABLES) {
    const text = `SELECT count(*) AS count FROM ava.${table} t WHERE NOT EXISTS (SELECT FROM ava.instances i WHERE i.no = t.instance)`;
    const [found] = await ask<{ count: number }>(text);
    if (found!.count > 0)
      damage.push({
        place: `table ${table}`,
        what: `${counted(found!.count, "row belongs", "rows belong")} to no instance: room is taken, nothing of it is shown`,
      });
  }
  for (const [table, key] of Object.entries(KEPT)) {
    for (const row of await ask<{ key: string; kept: string }>(`SELECT ${key} AS key, kept FROM ava.${table}`)) {
      if (!isJson(row.kept)) damage.push({ place: `table ${table}, row ${row.key}`, what: "it is not JSON" });
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
