/** First and longest wait between two tries of a platform that does not take records. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Exponential back-off with full jitter, so that a thousand runs do not come back to a restarted platform at the same moment.
 *
 * @param failures - how many tries in a row failed, from 1
 * @param random - number in [0, 1)
 * @returns wait in milliseconds: between a tenth of and the whole of min(30 s, 0.5 s x 2^(failures - 1))
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const limitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return limitMs * (0.1 + 0.9 * random());
}
