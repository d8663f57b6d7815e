import { damaged, PlatformError, systemCode } from "../../../error.js";
import { adviceFor, FOR_SENDERS, SEE_THAT_IT_RUNS } from "./advice.js";

/** How long a sender waits when the database could not be reached, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/** SQLSTATE of a transaction that may succeed when it is begun again: serialization failure, deadlock. */
const REPEATABLE: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** SQLSTATE of a disk, or another limit of the server, that is full. */
const FULL: ReadonlySet<string> = new Set(["53100", "54000", "54001"]);

/** SQLSTATE of what passes: shutting down, starting up, read-only, out of connections or memory, waited too long. */
const PASSING = /^(?:08...|57P0[1-5]|57014|25006|53[234]..|53000|55P03|55000|58...|25P0[1-4]|28...|3D000)$/;

/** SQLSTATE of a user who may not do what the platform has to. */
const FORBIDDEN = "42501";

/** SQLSTATE of pages of the database that cannot be read. */
const CORRUPTED: ReadonlySet<string> = new Set(["XX001", "XX002"]);

/** SQLSTATE of a text with a NUL, which PostgreSQL takes in none, nor in JSON: nothing that is kept has such a name. */
const WITH_NUL: ReadonlySet<string> = new Set(["22021", "22P05"]);

/** What the client library says of a connection that is gone, where it is not an error of the operating system. */
const GONE = /connection|timeout|pool|not queryable/i;

/** A form of an SQLSTATE. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** @returns the SQLSTATE of an error of the server; `undefined` for any other error */
export function sqlState(error: unknown): string | undefined {
  const code = systemCode(error);
  return code !== undefined && SQLSTATE.test(code) && "severity" in (error as object) ? code : undefined;
}

/** @returns whether the same transaction, begun again, may succeed */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(sqlState(error) ?? "");
}

/** @returns whether the connection is gone, or is not one to the primary any more: what was sent on it last may be kept, or not */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(?:08...|57P0[1-5]|25006)$/.test(state);
  return !(error instanceof PlatformError) && error instanceof Error && (systemCode(error) !== undefined || GONE.test(error.message));
}

/**
 * @param error - anything that a question to the database has thrown
 * @returns the error that the platform answers with; errors that are a fault of ours stay as they are
 */
export function translated(error: unknown): unknown {
  if (error instanceof PlatformError) return error;
  const state = sqlState(error);
  const why = error instanceof Error ? error.message || (systemCode(error) ?? error.name) : String(error);
  if (state !== undefined && FULL.has(state)) {
    const message = `The database takes nothing more: ${why}. Make room for PostgreSQL; until then changes are refused, and senders keep their records.`;
    return new PlatformError("store_full", message, { cause: error });
  }
  if (state === FORBIDDEN) {
    const message = `The database does not let the platform's user do what it has to: ${why}. Make the user the owner of the schema ava, or let it make that schema: GRANT CREATE ON DATABASE.`;
    return new PlatformError("store_failed", message, { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  if (state !== undefined && WITH_NUL.has(state)) {
    return new PlatformError("bad_request", "A name or a text of the request has the character NUL, which no name may have.", {
      cause: error,
    });
  }
  if (state !== undefined && CORRUPTED.has(state)) return damaged(`The database cannot read its own pages: ${why}.`);
  if (state === undefined ? !isConnectionLost(error) : !PASSING.test(state) && !isRepeatable(error)) return error;
  const message = `The database cannot be used now: ${why}. ${adviceFor(error) ?? SEE_THAT_IT_RUNS} ${FOR_SENDERS}`;
  return new PlatformError("store_failed", message, { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
