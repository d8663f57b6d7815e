import { setTimeout as wait } from "node:timers/promises";
import { TransferError } from "../transfer-error.js";
import { decide, RETRY_POLICY, type RetryPolicy, retryDelayMs } from "./policy.js";

/** How often something is tried. */
export interface RetryLimits {
  /** Number of the first try: 0, or how many retries were made before. */
  retry: number;
  /** Number of the last retry. */
  maxRetries: number;
  policy?: RetryPolicy | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Does something again while its failures say that this may help.
 *
 * @param work - gets the number of the retry, from `limits.retry`; throws TransferError where it fails
 * @param limits - how often
 * @returns what `work` returned
 * @throws the last failure of `work`; TransferError ABORTED
 */
export async function withRetry<T>(work: (retry: number) => Promise<T>, limits: RetryLimits): Promise<T> {
  for (let retry = limits.retry; ; retry += 1) {
    try {
      return await work(retry);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      error.attempts = retry - limits.retry + 1;
      if (retry >= limits.maxRetries || decide(error, limits.policy) === "stop") throw error;
      await pauseAfter(error, retry - limits.retry + 1, limits.policy, limits.signal);
    }
  }
}

/**
 * Waits before a retry.
 *
 * @param error - why
 * @param failures - how many tries in a row failed, from 1
 * @param policy - how long
 * @param signal - ends the wait
 * @throws TransferError ABORTED
 */
export async function pauseAfter(
  error: TransferError,
  failures: number,
  policy: RetryPolicy = RETRY_POLICY,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await wait(retryDelayMs(failures, error.retryAfterMs, policy), undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new TransferError("ABORTED", "stopped while waiting to try again", { cause });
  }
}
