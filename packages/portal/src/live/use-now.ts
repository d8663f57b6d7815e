import { useState } from "react";
import { platformNow } from "../api/platform-clock.js";
import { useEvery } from "./use-every.js";

const TICK_MS = 1000;

/**
 * A clock for durations that tick.
 *
 * @param isTicking - whether anything shown depends on the time
 * @returns the platform's time in milliseconds since 1970, anew every second while it ticks and the page is in front
 */
export function useNow(isTicking: boolean): number {
  const [nowMs, setNowMs] = useState(platformNow);
  useEvery(TICK_MS, isTicking, () => setNowMs(platformNow()));
  return nowMs;
}
