import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { PlatformError } from "../../../error.js";
import { adviceFor, FOR_SENDERS, SEE_THAT_IT_RUNS } from "./advice.js";
import { shownHost } from "./hosts.js";

/** How long is waited for a host before the next one is asked beside it, in milliseconds. */
const NEXT_MS = 250;

const NAME_PRIMARY = "A standby takes none: promote it, or name the primary in the address, too.";

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
  // Those of OpenSSL end with a line.
  const why = (reason: unknown): string => (reason instanceof Error ? reason.message.trim() || reason.name : String(reason));
  const told = reasons.map((reason, i) => `${shownHost(urls[i]!)}: ${why(reason)}`);
  const cause = reasons.findLast((reason) => !(reason instanceof StandbyFound));
  // The same one may be true of several hosts.
  const advice = new Set(
    reasons.map((reason) => (reason instanceof StandbyFound ? NAME_PRIMARY : (adviceFor(reason) ?? SEE_THAT_IT_RUNS))),
  );
  const message = `No host of the database takes writes now (${told.join("; ")}). ${[...advice].join(" ")} ${FOR_SENDERS}`;
  return new PlatformError("store_failed", message, { cause, retryAfterSeconds: 2 });
}
