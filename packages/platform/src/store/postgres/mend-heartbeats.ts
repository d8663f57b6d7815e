import type { Ask } from "./connect/database.js";

/** By how much a time may be ahead of the database's clock, in milliseconds: replicas tell none that is more than a few seconds ahead. */
const AHEAD_MS = 60_000;

const MEND = `
  WITH clock AS (SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms)
  UPDATE ava.instances SET heartbeat_ms = clock.ms FROM clock
  WHERE state = 'running' AND deleted_ms IS NULL AND heartbeat_ms > clock.ms + ${AHEAD_MS}`;

/**
 * Lets runs that an older platform, whose clock was ahead, seems to have heard in the future be heard now: they looked alive until then.
 *
 * @throws PlatformError `store_failed`, `store_full`
 */
export async function mendHeartbeats(ask: Ask): Promise<void> {
  await ask(MEND);
}
