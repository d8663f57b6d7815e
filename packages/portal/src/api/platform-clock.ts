/** Difference between two clocks that counts, in milliseconds: the header has whole seconds, and an answer takes a while. */
const LEAST_MS = 5000;

let aheadMs = 0;

/** @param headers - of an answer: its `date` tells the platform's time */
export function learnTime(headers: Headers): void {
  const offMs = Date.parse(headers.get("date") ?? "") - Date.now();
  if (Math.abs(offMs - aheadMs) >= LEAST_MS) aheadMs = Math.abs(offMs) < LEAST_MS ? 0 : offMs;
}

/** @returns the platform's time, in milliseconds since 1970: the browser's clock may be hours off, and states and durations would be told wrong */
export function platformNow(): number {
  return Date.now() + aheadMs;
}
