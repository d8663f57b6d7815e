import type { LiveChange } from "ava-protocol";
import type { ChartLine } from "./group-series.js";

/** How far the series of a page have grown, as the platform tells it while the page is open. */
export interface Growth {
  /** @returns the newest version of a series that is known: its number of points */
  version(line: Pick<ChartLine, "key" | "summary">): number;
  /** @param changes - of its instances; listeners are told once */
  take(changes: readonly LiveChange[]): void;
  subscribe(listener: () => void): () => void;
}

/**
 * @param keyOf - gives the key of the line for a series of an instance; default the series' own
 * @returns what knows nothing yet: each series has the version of its summary
 */
export function createGrowth(keyOf: (instance: string, series: string) => string = (_, series) => series): Growth {
  const versions = new Map<string, number>();
  const listeners = new Set<() => void>();
  return {
    version: ({ key, summary }) => Math.max(versions.get(key) ?? 0, summary.count),
    take(changes) {
      for (const { instance, series = [], versions: told = [] } of changes) {
        series.forEach((key, i) => {
          if (told[i] !== undefined) versions.set(keyOf(instance, key), told[i]);
        });
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
