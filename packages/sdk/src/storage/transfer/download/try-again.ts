import { decide, type RetryPolicy } from "../retry/policy.js";
import { pauseAfter } from "../retry/with-retry.js";
import { TransferError } from "../transfer-error.js";
import type { OpenedRange } from "./range-source.js";

/** How often a download is tried. */
export interface TryLimits {
  /** Retries in a row that bring not a single byte. */
  maxRetries: number;
  policy?: RetryPolicy | undefined;
  /** Ends the wait. */
  signal: AbortSignal;
}

/**
 * Waits before the next try, or throws the error: where trying again would not help, or was tried often enough.
 *
 * @param error - of the last try
 * @param failures - how many tries in a row failed, from 1
 * @param limits - how often
 * @throws the error; TransferError ABORTED
 */
export async function mayTryAgain(error: unknown, failures: number, { maxRetries, policy, signal }: TryLimits): Promise<void> {
  if (!(error instanceof TransferError)) throw error;
  error.attempts = failures;
  if (failures > maxRetries || decide(error, policy) === "stop") throw error;
  await pauseAfter(error, failures, policy, signal);
}

/**
 * @param open - opens the content
 * @param limits - how often
 * @returns what it opened
 * @throws as of {@link mayTryAgain}
 */
export async function openWithRetry(open: () => Promise<OpenedRange>, limits: TryLimits): Promise<OpenedRange> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await open();
    } catch (error) {
      await mayTryAgain(error, failures, limits);
    }
  }
}
