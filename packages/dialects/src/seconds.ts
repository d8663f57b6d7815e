/**
 * Trackers tell times as seconds since 1970 in a float64: exact to about a quarter of a microsecond.
 *
 * @param seconds - since 1970; what is not finite counts as 0
 * @returns nanoseconds since 1970, whole microseconds
 */
export function nsOfSeconds(seconds: number): bigint {
  return Number.isFinite(seconds) ? BigInt(Math.round(seconds * 1e6)) * 1000n : 0n;
}
