/** Records hold nanoseconds in a signed integer of 64 bits: the years 1677 to 2262. */
const MOST_NS = 2n ** 63n - 1n;

/** @param timeMs - since 1970, an integer @returns nanoseconds since 1970; a time that records do not hold becomes the nearest that they do */
export function nsOfMs(timeMs: number): bigint {
  return nearestHeld(BigInt(timeMs) * 1_000_000n);
}

/**
 * Trackers tell times as seconds since 1970 in a float64: exact to about a quarter of a microsecond.
 *
 * @param seconds - since 1970; what is not finite, or not in microseconds, counts as 0
 * @returns nanoseconds since 1970, whole microseconds; a time that records do not hold becomes the nearest that they do
 */
export function nsOfSeconds(seconds: number): bigint {
  return Number.isFinite(seconds * 1e6) ? nearestHeld(BigInt(Math.round(seconds * 1e6)) * 1000n) : 0n;
}

function nearestHeld(timeNs: bigint): bigint {
  if (timeNs > MOST_NS) return MOST_NS;
  return timeNs < -MOST_NS ? -MOST_NS : timeNs;
}

/** @param timeNs - nanoseconds since 1970 @returns RFC 3339; of a time that a `Date` does not hold, the start of 1970 */
export function timeText(timeNs: bigint): string {
  const date = new Date(Number(timeNs / 1_000_000n));
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
