import type { TimeLimits } from "../http/http-exchange.js";

/** Time to get a connection, in seconds. */
export const DEFAULT_CONNECT_TIMEOUT = 20;

/** Time for a whole request, in seconds. */
export const DEFAULT_REQUEST_TIMEOUT = 600;

/** Longest body that is kept in memory, in bytes: 1 GiB. */
export const DEFAULT_MAX_BUFFER_SIZE = 1_073_741_824;

/** Requests of one Fetcher at the same time. */
export const DOWNLOAD_POOL_SIZE = 75;

/** Time in which not a single byte comes before a connection counts as dead, in seconds: two retransmissions of TCP are long over by then. */
const IDLE_TIMEOUT = 60;

/** Time-outs of a request where nothing else is asked for. */
export const DEFAULT_LIMITS: TimeLimits = {
  connectMs: DEFAULT_CONNECT_TIMEOUT * 1000,
  idleMs: IDLE_TIMEOUT * 1000,
  totalMs: DEFAULT_REQUEST_TIMEOUT * 1000,
};

/** Node's longest timer, 24 days: what ends a long transfer is that no byte comes. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** Time-outs of a request that carries an object of any size. */
export const TRANSFER_LIMITS: TimeLimits = { ...DEFAULT_LIMITS, totalMs: NO_LIMIT_MS };
