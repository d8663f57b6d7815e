import { useEffect, useEffectEvent } from "react";

/**
 * Does something again and again while the page is in front.
 *
 * @param intervalMs - time between two runs
 * @param isOn - whether to do it at all
 * @param work - what to do
 */
export function useEvery(intervalMs: number, isOn: boolean, work: () => void): void {
  const run = useEffectEvent(work);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) run();
    }, intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, isOn]);
}
