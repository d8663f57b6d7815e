/**
 * Trackers tell times as seconds since 1970 in a float64: exact to about a quarter of a microsecond.
 *
 * @param seconds - since 1970; what is not finite counts as 0
 * @returns nanoseconds since 1970, whole microseconds
 */
export function nsOfSeconds(seconds: number): bigint {
  return Number.isFinite(seconds) ? BigInt(Math.round(seconds * 1e6)) * 1000n : 0n;
}

/** @param timeNs - nanoseconds since 1970 @returns RFC 3339; of a time that a `Date` does not hold, the start of 1970 */
export function timeText(timeNs: bigint): string {
  const date = new Date(Number(timeNs / 1_000_000n));
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
