import { PlatformError } from "../../../error.js";
import type { Ask, Database } from "../connect/database.js";
import { MIGRATIONS, type Migration, PACKING_VERSION, SCHEMA_VERSION } from "./migrations.js";

/** The lock under which one replica at a time changes the schema; any number that others do not use. */
const LOCK = 0x41_56_41;

const SET_UP = `
  CREATE SCHEMA IF NOT EXISTS ava;
  CREATE TABLE IF NOT EXISTS ava.schema_versions (
    version integer PRIMARY KEY, oldest_platform integer NOT NULL, done_at timestamptz NOT NULL DEFAULT now()
  );
`;

/**
 * Brings the tables to what this platform needs; several replicas may do it at once. A schema of a newer platform is taken as it is, unless it says that this
 * one is too old for it.
 *
 * @param isOnlyRead - steps that wait are left to platforms that write: with them older ones no longer start
 * @returns whether bodies of the journal are packed
 * @throws PlatformError `store_newer`; `usage` where new tables could not hold every text; `store_failed`, `store_full`
 */
export async function migrate(database: Database, isOnlyRead = false): Promise<boolean> {
  const found = await readDone(database.ask);
  if (found !== undefined && dueSteps(found, isOnlyRead).length === 0) return found.has(PACKING_VERSION);
  return database.transaction(async (ask) => {
    await ask("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    // Also where it is there, it asks for the right to make a schema, which may be gone since the first start.
    if (found === undefined) await ask(SET_UP);
    const done = await readVersions(ask);
    if (done.size === 0) await refuseEncoding(ask);
    const steps = dueSteps(done, isOnlyRead);
    for (const { version, oldestPlatform, sql } of steps) {
      await ask(sql);
      await ask("INSERT INTO ava.schema_versions (version, oldest_platform) VALUES ($1, $2)", [version, oldestPlatform]);
    }
    return done.has(PACKING_VERSION) || steps.some(({ version }) => version === PACKING_VERSION);
  });
}

/**
 * For what only looks.
 *
 * @throws PlatformError `data_dir_unusable` where there are no tables; `usage` where they are older than this platform needs; `store_newer`, `store_failed`
 */
export async function refuseOlder(ask: Ask): Promise<void> {
  const done = await readDone(ask);
  if (done === undefined || done.size === 0)
    throw new PlatformError("data_dir_unusable", "There is no store in this database. Name the platform's with --database.");
  const [step] = dueSteps(done, true);
  if (step === undefined) return;
  const message = `The tables of this database are of an older platform (version ${step.version - 1}, this one needs ${step.version}), and a check changes nothing. Start a platform of this version on it, which brings them forward, or check with the older one.`;
  throw new PlatformError("usage", message);
}

/** Hours since each step was done, by its version. */
type Done = ReadonlyMap<number, number>;

/** @returns steps that are to be done now. In a database that is made now nothing waits: no older platform knows it */
function dueSteps(done: Done, isOnlyRead: boolean): Migration[] {
  const isDue = ({ version, waitHours = 0 }: Migration): boolean =>
    done.size === 0 || waitHours === 0 || (!isOnlyRead && (done.get(version - 1) ?? 0) >= waitHours);
  return MIGRATIONS.filter((step) => !done.has(step.version) && isDue(step));
}

/** Most starts find the tables there: they need no right to make any, and no lock. */
async function readDone(ask: Ask): Promise<Done | undefined> {
  const [found] = await ask<{ isThere: boolean }>(`SELECT to_regclass('ava.schema_versions') IS NOT NULL AS "isThere"`);
  return found!.isThere ? readVersions(ask) : undefined;
}

/** What runs are called and what they print is any text. SQL_ASCII keeps it as it comes; every other encoding refuses what it does not know, and with it the records of a training. */
async function refuseEncoding(ask: Ask): Promise<void> {
  const [found] = await ask<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`);
  const { encoding } = found!;
  if (encoding === "UTF8" || encoding === "SQL_ASCII") return;
  const message = `The encoding of the database is ${encoding}, which cannot hold every text. Make another database: CREATE DATABASE ava_utf8 ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0.`;
  throw new PlatformError("usage", message);
}

async function readVersions(ask: Ask): Promise<Done> {
  const rows = await ask<{ version: number; oldestPlatform: number; hours: number }>(
    `SELECT version, oldest_platform AS "oldestPlatform", extract(epoch FROM now() - done_at)::float8 / 3600 AS hours FROM ava.schema_versions`,
  );
  const needed = Math.max(0, ...rows.map(({ oldestPlatform }) => oldestPlatform));
  if (needed > SCHEMA_VERSION) {
    const message = `The database was changed by a newer platform: it needs one that knows version ${needed} of its tables, this one knows ${SCHEMA_VERSION}. Start the newer platform.`;
    throw new PlatformError("store_newer", message);
  }
  return new Map(rows.map(({ version, hours }) => [version, hours]));
}
