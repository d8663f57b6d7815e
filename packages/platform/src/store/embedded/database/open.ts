import { statSync } from "node:fs";
import type Database from "libsql";
import { PlatformError, systemCode } from "../../../error.js";
import { DAMAGE_ADVICE, type DamageList } from "../damage.js";
import { makePrivate } from "../folder.js";
import { UNFINISHED_INDEX } from "../unfinished-reparses.js";
import { connect } from "./connect.js";
import { FIGURE_TABLES } from "./figures.js";
import { HEAD_TABLES } from "./heads.js";
import { insertInto, MODEL_INSTANCE, readRow, readRows, selectFrom, TABLES, withSum } from "./tables.js";

/** Version of the store's format, see docs/formats/store.md. */
export const STORE_VERSION = 2;

/** The tables of format 1; format 2 adds columns to them. */
const FIRST_TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS instances (id TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS writers (instance TEXT, writer TEXT, ack INTEGER NOT NULL, drops TEXT, PRIMARY KEY (instance, writer)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS series (no INTEGER PRIMARY KEY, instance TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL, totals BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS chunks (id INTEGER PRIMARY KEY, head BLOB NOT NULL, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS events (instance TEXT, no INTEGER, event TEXT NOT NULL, PRIMARY KEY (instance, no)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log_pieces (id INTEGER PRIMARY KEY, instance TEXT NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (instance, start));
  CREATE TABLE IF NOT EXISTS models (name TEXT, version TEXT, created_ms INTEGER NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (name, version));
  CREATE TABLE IF NOT EXISTS evaluations (name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, result TEXT NOT NULL);
`;

/** Came later: a store of an earlier platform gets them when it is opened. */
const LATER_TABLES = `
  CREATE TABLE IF NOT EXISTS views (name TEXT PRIMARY KEY, changed_ms INTEGER NOT NULL, view TEXT, sum INTEGER);
  CREATE TABLE IF NOT EXISTS trainings (name TEXT PRIMARY KEY, facts TEXT NOT NULL, sum INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS revisions (training TEXT, revision INTEGER, created_ms INTEGER NOT NULL, params TEXT NOT NULL, note TEXT, sum INTEGER,
    PRIMARY KEY (training, revision)) WITHOUT ROWID;
`;

const SECOND_COLUMNS = `ALTER TABLE log_pieces ADD COLUMN marks BLOB;${TABLES.filter((table) => FIRST_TABLES.includes(` ${table} (`))
  .map((table) => `ALTER TABLE ${table} ADD COLUMN sum INTEGER;`)
  .join("")}`;

const MODEL_INDEX = `CREATE INDEX IF NOT EXISTS models_by_instance ON models (${MODEL_INSTANCE});`;

/** Names in the table `meta`. */
export type MetaKey =
  | "version"
  | "from_version"
  | "log_segment"
  | "heads_segment"
  | "figures_segment"
  | "instances"
  | "models"
  | "evaluations"
  | "views"
  | "trainings"
  | "revisions"
  | "series_no";

/**
 * Opens the database of a store, makes it when it is not there, and brings the tables of format 1 forward: rows follow later, see `bringForward`.
 *
 * @param path - the file
 * @param isUsed - there was one before: it is not made anew
 * @throws PlatformError `store_newer` when a newer platform wrote it, `store_damaged`, `store_locked` when an older platform has it open
 */
export function openDatabase(path: string, isUsed: boolean): Database.Database {
  const file = statSync(path, { throwIfNoEntry: false });
  if (isUsed && (file === undefined || file.size === 0)) throw broken(path, "it is not there or empty, and this data folder had one");
  if (file?.isFile() === false) throw broken(path, "it is not a file");
  makePrivate(path);
  return told(path, () => {
    const db = connect(path);
    const version = readVersion(db, path);
    if (version === STORE_VERSION) {
      db.exec(`${HEAD_TABLES}${FIGURE_TABLES}${MODEL_INDEX}${UNFINISHED_INDEX}${LATER_TABLES}`);
      return db;
    }
    if (version === undefined && isUsed) throw broken(path, "it has no tables, and this data folder had some; was store.db-wal removed?");
    // Fails while another has it open: a platform of format 1 knows nothing of lock.db.
    if (version !== undefined) db.exec("PRAGMA journal_mode = DELETE");
    db.exec("BEGIN IMMEDIATE");
    db.exec(`${FIRST_TABLES}${SECOND_COLUMNS}${HEAD_TABLES}${FIGURE_TABLES}${MODEL_INDEX}${UNFINISHED_INDEX}${LATER_TABLES}`);
    const segment =
      version === undefined ? undefined : (db.prepare("SELECT value FROM meta WHERE key = 'log_segment'").get() as Found)?.value;
    if (segment !== undefined) writeMeta(db, "log_segment", segment);
    if (version !== undefined) writeMeta(db, "from_version", version);
    writeMeta(db, "version", STORE_VERSION);
    db.exec("COMMIT");
    db.exec("PRAGMA journal_mode = WAL");
    return db;
  });
}

/**
 * Opens a database to read it, beside a platform that has it open or without one.
 *
 * @param path - the file
 * @returns the database and the version of its format; `undefined` when nothing was written yet
 * @throws PlatformError as {@link openDatabase}
 */
export function openToRead(path: string): { db: Database.Database; version: number | undefined } {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw broken(path, "it is not there, or not a file");
  return told(path, () => {
    const db = connect(path);
    return { db, version: readVersion(db, path) };
  });
}

type Found = { value: number } | undefined;

function readVersion(db: Database.Database, path: string): number | undefined {
  const has = (query: string): boolean => db.prepare(`SELECT 1 AS found FROM ${query}`).get() !== undefined;
  if (!has("sqlite_master WHERE name = 'meta'")) return undefined;
  const hasSums = has("pragma_table_info('meta') WHERE name = 'sum'");
  const version = (db.prepare("SELECT CAST(value AS INTEGER) AS value FROM meta WHERE key = 'version'").get() as Found)?.value ?? 0;
  const isSound = hasSums ? readMeta(db, "version") !== undefined && version >= STORE_VERSION : version === 1;
  if (version > STORE_VERSION) {
    throw new PlatformError(
      "store_newer",
      `The store in ${path} has version ${version}${isSound ? "" : " (or is damaged: that row's checksum is wrong)"}, this ava-platform knows versions up to ${STORE_VERSION}. Start a newer ava-platform, or give another --data folder.`,
    );
  }
  if (!isSound) throw broken(path, "table meta, row version is damaged");
  return version;
}

/** Does something to a database; what SQLite says is told in our words. */
function told<Result>(path: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    if (systemCode(error)?.startsWith("SQLITE_BUSY")) {
      throw new PlatformError("store_locked", `${path} is open in another process. Stop that first, or give another --data folder.`, {
        cause: error,
      });
    }
    // No room, or a disk that fails.
    if (/^SQLITE_(FULL|IOERR)/.test(systemCode(error) ?? "")) throw error;
    throw broken(path, error instanceof Error ? error.message : String(error), error);
  }
}

/** @returns the error that ends a start: the file as a whole cannot be used */
export function broken(path: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError(
    "store_damaged",
    `The database ${path} cannot be used (${why}). Nothing was changed. ${DAMAGE_ADVICE}, or give another --data folder.`,
    { cause },
  );
}

/**
 * @returns a number of the table `meta`; `undefined` when it is not there or damaged
 */
function readMeta(db: Database.Database, key: MetaKey): number | undefined {
  const raw = db.prepare(selectFrom("meta", "WHERE key = ?")).get(key) as Record<string, unknown> | undefined;
  if (raw === undefined) return undefined;
  const { row, isWhole } = readRow<{ value: number }>("meta", raw);
  return isWhole === true ? row.value : undefined;
}

/** Numbers of the table `meta`. */
export type Meta = ReadonlyMap<MetaKey, number>;

/** @returns whether rows of format 1, which have no checksums, are still about */
export function hasFormat1(meta: Meta): boolean {
  return (meta.get("from_version") ?? STORE_VERSION) < STORE_VERSION;
}

/** Without these a store can be opened: they only tell of rows that are gone. */
const COUNTS: ReadonlySet<string> = new Set([
  "instances",
  "models",
  "evaluations",
  "views",
  "trainings",
  "revisions",
  "series_no",
] satisfies MetaKey[]);

/**
 * @param damage - told of counts that are damaged
 * @returns all numbers of the table `meta`
 * @throws PlatformError `store_damaged` when one is damaged that is needed
 */
export function loadMeta(db: Database.Database, damage: DamageList): Meta {
  const meta = new Map<MetaKey, number>();
  for (const { row, isWhole } of readRows<{ key: MetaKey; value: number }>(db.prepare(selectFrom("meta")), "meta")) {
    if (isWhole === true) meta.set(row.key, row.value);
    else if (COUNTS.has(row.key))
      damage.add(`table meta, row key = ${row.key}`, "its checksum is wrong; rows that are gone are not noticed");
    else throw broken(damage.file, `table meta, row key = ${row.key}: its checksum is wrong`);
  }
  return meta;
}

/** Sets a number of the table `meta`. */
function writeMeta(db: Database.Database, key: MetaKey, value: number): void {
  db.prepare(insertInto("meta")).run(...withSum("meta", [key, value]));
}
