import Database from "libsql";
import AsyncDatabase from "libsql/promise";
import { systemCode } from "../../../error.js";

/** What the binding's promise side gives; `exec` works in a thread of its own. */
export interface AsyncConnection {
  exec(sql: string): Promise<void>;
  prepare(sql: string): Promise<Statement>;
  interrupt(): void;
  close(): void;
  inTransaction: boolean;
}

/** A statement of an {@link AsyncConnection}; it works on the thread that calls. */
export interface Statement {
  run(...values: unknown[]): { changes: number };
  get(...values: unknown[]): Record<string, unknown> | undefined;
}

/** Pages of 8 KiB hold more of a chunk; full sync because the log is removed after the commit; cell sizes are checked to find damage early. */
const PRAGMAS = [
  "busy_timeout = 5000",
  "page_size = 8192",
  "journal_mode = WAL",
  "synchronous = FULL",
  "cache_size = -16384",
  "cell_size_check = ON",
];

/**
 * Opens an SQLite database with the settings of a store. On a full disk there is no room for the memory that readers of other processes share
 * (`store.db-shm`): then they are kept out, and what is stored can be read all the same.
 *
 * @param path - the file
 * @throws the database's error
 */
export function connect(path: string): Database.Database {
  try {
    return connectWith(path, PRAGMAS);
  } catch (error) {
    // For the shared memory SQLite says SQLITE_IOERR_SHMSIZE or SQLITE_IOERR_WRITE.
    if (!/^SQLITE_(FULL|IOERR)/.test(systemCode(error) ?? "")) throw error;
    return connectWith(path, ["locking_mode = EXCLUSIVE", ...PRAGMAS]);
  }
}

function connectWith(path: string, pragmas: readonly string[]): Database.Database {
  const db = new Database(path);
  try {
    for (const pragma of pragmas) db.exec(`PRAGMA ${pragma}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * @param path - of an open database
 * @param reading - the connection that reads; one that keeps all others out does the work itself, on this thread
 * @returns a further connection
 */
export function connectBeside(path: string, reading: Database.Database): AsyncConnection {
  return isExclusive(reading) ? onThisThread(reading) : (new AsyncDatabase(path, {}) as unknown as AsyncConnection);
}

function onThisThread(db: Database.Database): AsyncConnection {
  return {
    exec: async (sql) => void db.exec(sql),
    prepare: async (sql) => db.prepare(sql) as unknown as Statement,
    interrupt: () => undefined,
    close: () => undefined,
    get inTransaction() {
      return db.inTransaction;
    },
  };
}

/** @returns whether a connection keeps all others out, see {@link connect} */
function isExclusive(db: Database.Database): boolean {
  return (db.prepare("PRAGMA locking_mode").get() as { locking_mode: string }).locking_mode === "exclusive";
}
