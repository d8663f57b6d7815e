import type { Labels } from "ava-protocol";
import type { Series } from "../../held/series.js";
import type { SeriesTotals } from "../../levels/totals.js";

/**
 * @param names - of metrics
 * @returns of each metric that has points, the totals of the series that a list means where it names no labels
 */
export function meantSeries(all: Iterable<Series>, names: ReadonlySet<string>): Map<string, SeriesTotals> {
  const found = new Map<string, SeriesTotals>();
  if (names.size === 0) return found;
  for (const { name, labels, totals } of all)
    if (names.has(name) && totals.count > 0 && (isPlain(labels) || !found.has(name))) found.set(name, totals);
  return found;
}

function isPlain(labels: Labels): boolean {
  return Object.keys(labels).length === 0;
}
