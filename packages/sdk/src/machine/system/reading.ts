/** What the machine tells at one moment, by names of series. */
export interface Reading {
  /** Values of this moment. */
  values: Record<string, number>;
  /** Values that only grow; the series is how much they grow in a second. */
  counters: Record<string, number>;
}

/** Reads the machine now. */
export type ReadMachine = () => Reading;

/**
 * @param before - an earlier reading
 * @param after - a later one
 * @param seconds - time between them
 * @returns the values of the later one, and how fast the counters grew
 */
export function metricsBetween(before: Reading, after: Reading, seconds: number): Record<string, number> {
  const metrics = { ...after.values };
  for (const [name, count] of Object.entries(after.counters)) {
    const earlier = before.counters[name];
    // A sum over processes falls when one ends that its parent does not wait for.
    if (earlier !== undefined && seconds > 0) metrics[name] = Math.max(0, count - earlier) / seconds;
  }
  return metrics;
}
