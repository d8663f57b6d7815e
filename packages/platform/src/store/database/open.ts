import type Database from "libsql";
import { PlatformError } from "../../error.js";
import { makePrivate } from "../folder.js";
import { connect } from "./connect.js";

/** Version of the store's format, see docs/formats/store.md. */
export const STORE_VERSION = 1;

const TABLES = `
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

/**
 * Opens the database of a store, and makes it when it is not there.
 *
 * @param path - the file
 * @throws PlatformError `store_newer` when a newer platform wrote it
 */
export function openDatabase(path: string): Database.Database {
  makePrivate(path);
  const db = connect(path);
  const hasMeta = db.prepare("SELECT 1 AS found FROM sqlite_master WHERE name = 'meta'").get() !== undefined;
  const version = hasMeta ? readMeta(db, "version") : undefined;
  if (version !== undefined && version > STORE_VERSION) {
    db.close();
    throw new PlatformError(
      "store_newer",
      `The store in ${path} has version ${version}, this ava-platform knows versions up to ${STORE_VERSION}. Start a newer ava-platform, or give another --data folder.`,
    );
  }
  if (version === STORE_VERSION) return db;
  db.exec(`BEGIN;${TABLES}COMMIT`);
  writeMeta(db, "version", STORE_VERSION);
  return db;
}

/** @returns a number of the table `meta` */
export function readMeta(db: Database.Database, key: string): number | undefined {
  return (db.prepare("SELECT value FROM meta WHERE key = ?").get(key) as { value: number } | undefined)?.value;
}

/** Sets a number of the table `meta`. */
export function writeMeta(db: Database.Database, key: string, value: number): void {
  db.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value").run(key, value);
}

/** A blob as the binding gives it: a Buffer from `get`, an ArrayBuffer from `all` and `iterate`. */
export type Blob = Uint8Array | ArrayBuffer;

/** @returns the blob's bytes */
export function blobBytes(blob: Blob): Uint8Array {
  return blob instanceof ArrayBuffer ? new Uint8Array(blob) : blob;
}
