import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { PlatformError } from "../../../error.js";
import { isNotLetIn } from "./errors.js";
import { shownHost } from "./hosts.js";

/** How long is waited for a host before the next one is asked beside it, in milliseconds. */
const NEXT_MS = 250;

/** A host that takes no writes now. */
class StandbyFound extends Error {
  override readonly name = "StandbyFound";
}

/**
 * Asks the hosts of a database which of them takes writes: one after the other, but a host that is silent keeps nothing up.
 *
 * @param urls - one for each host
 * @param connectMs - longest time for the answer of each
 * @returns the URL of the first that is found
 * @throws PlatformError `store_failed`
 */
export async function findPrimary(urls: readonly string[], connectMs: number): Promise<string> {
  const found = new AbortController();
  const asked = urls.map(async (url, i) => {
    await delay(i * NEXT_MS, undefined, { signal: found.signal });
    if (await isStandby(url, connectMs)) throw new StandbyFound("is a standby");
    return url;
  });
  try {
    return await Promise.any(asked);
  } catch (error) {
    throw noPrimary(urls, (error as AggregateError).errors as unknown[]);
  } finally {
    found.abort();
  }
}

/** @throws what `pg` throws */
async function isStandby(connectionString: string, connectMs: number): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: connectMs, query_timeout: connectMs });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
    return rows[0]!.standby;
  } finally {
    // A connection that is gone is not worth waiting for.
    void client.end().catch(() => undefined);
  }
}

/** @param reasons - why each host is not it */
function noPrimary(urls: readonly string[], reasons: readonly unknown[]): PlatformError {
  const told = reasons.map(
    (reason, i) => `${shownHost(urls[i]!)}: ${reason instanceof Error ? reason.message || reason.name : String(reason)}`,
  );
  const cause = reasons.findLast((reason) => !(reason instanceof StandbyFound));
  const message = isNotLetIn(cause)
    ? `The database does not let the platform in (${told.join("; ")}). Check user, password and name of the database in its address.`
    : `No host of the database takes writes now (${told.join("; ")}). Nothing that was acknowledged is lost; send it again in a moment.`;
  return new PlatformError("store_failed", message, { cause, retryAfterSeconds: 2 });
}
