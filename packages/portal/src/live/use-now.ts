import { useEffect, useState } from "react";

/**
 * A clock for durations that tick.
 *
 * @param isTicking - whether anything shown depends on the time
 * @returns milliseconds since 1970, anew every second while it ticks and the page is in front
 */
export function useNow(isTicking: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => {
      if (!document.hidden) setNowMs(Date.now());
    }, 1000);
    return () => clearInterval(timer);
  }, [isTicking]);
  return nowMs;
}
