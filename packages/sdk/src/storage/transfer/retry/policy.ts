/** What to do after a failure. */
export type Decision = "stop" | "again" | "next-host";

/** How failures are answered; all of it is data. */
export interface RetryPolicy {
  /** Longest wait before the first retry in milliseconds; it doubles with each further one. */
  firstDelayMs: number;
  /** Longest wait before any retry, in milliseconds. */
  longestDelayMs: number;
  /** A server that wants to be left alone for longer than this is not asked again, in milliseconds. */
  longestRetryAfterMs: number;
  /** Decisions by HTTP status; what is not listed: stop below 500, next host from there. */
  statuses: Readonly<Record<number, Decision>>;
  /** Decisions by error code; what is not listed: stop. */
  codes: Readonly<Record<string, Decision>>;
  /** Decision for what is not listed, whatever its status or code. */
  others?: Decision | undefined;
}

/** The policy of all transfers: statuses as in the table of docs/formats/kodo.md. */
export const RETRY_POLICY: RetryPolicy = {
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  longestRetryAfterMs: 300_000,
  statuses: {
    406: "again",
    408: "again",
    425: "again",
    429: "again",
    501: "stop",
    505: "stop",
    509: "stop",
    573: "again",
    579: "stop",
    608: "stop",
    612: "stop",
    614: "stop",
    616: "stop",
    618: "stop",
    630: "stop",
    631: "stop",
    632: "stop",
    640: "stop",
    701: "stop",
  },
  codes: {
    CONNECT_FAILED: "next-host",
    CONNECT_TIMEOUT: "next-host",
    CONNECTION_LOST: "again",
    IDLE_TIMEOUT: "again",
    REQUEST_TIMEOUT: "again",
  },
};

/**
 * The policy of `fetch`, as of the SDK of 2018: whatever fails is asked for again, but for what this side did wrong. A server that wants to be left alone for long
 * is not.
 */
export const FETCH_POLICY: RetryPolicy = {
  ...RETRY_POLICY,
  firstDelayMs: 200,
  longestDelayMs: 10_000,
  statuses: {},
  codes: { ABORTED: "stop", BODY_TOO_LARGE: "stop", CREDENTIALS_MISSING: "stop", FETCHER_CLOSED: "stop", REQUEST_INVALID: "stop" },
  others: "again",
};

/** What is known of a failure. */
export interface Failure {
  code: string;
  status?: number;
  retryAfterMs?: number;
}

/**
 * @param failure - what went wrong
 * @param policy - how failures are answered
 * @returns what to do
 */
export function decide(failure: Failure, policy: RetryPolicy = RETRY_POLICY): Decision {
  if ((failure.retryAfterMs ?? 0) > policy.longestRetryAfterMs) return "stop";
  if (failure.status === undefined) return policy.codes[failure.code] ?? policy.others ?? "stop";
  return policy.statuses[failure.status] ?? policy.others ?? (failure.status < 500 ? "stop" : "next-host");
}

/**
 * Exponential back-off with full jitter; a server that names a time is never asked before it.
 *
 * @param failures - how many tries in a row failed, from 1
 * @param retryAfterMs - what the server asked for, in milliseconds
 * @param policy - how failures are answered
 * @param random - number in [0, 1)
 * @returns wait in milliseconds
 */
export function retryDelayMs(
  failures: number,
  retryAfterMs = 0,
  policy: RetryPolicy = RETRY_POLICY,
  random: () => number = Math.random,
): number {
  const limitMs = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return retryAfterMs + limitMs * (0.1 + 0.9 * random());
}

/**
 * @param header - value of the header `Retry-After`: seconds or a date
 * @param nowMs - the time now in milliseconds since 1970
 * @returns the wait in milliseconds; `undefined` when there is none or it can't be read
 */
export function parseRetryAfter(header: string | undefined, nowMs: number = Date.now()): number | undefined {
  if (!header) return undefined;
  const waitMs = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
