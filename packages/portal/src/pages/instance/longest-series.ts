import type { SeriesSummary } from "ava-protocol";

/**
 * @param series - of an instance
 * @returns the one with the most points, which follows a run most closely
 */
export function longestSeries(series: readonly SeriesSummary[]): SeriesSummary | undefined {
  return series.reduce<SeriesSummary | undefined>((best, one) => (one.count > (best?.count ?? 0) ? one : best), undefined);
}
