import type { HeldInstance } from "../hold/held.js";
import { meantSeries } from "../hold/meant-series.js";

/**
 * Figures of the metrics that changed since an instance was sealed, for its row: lists look at them there, and need not load the instance.
 *
 * @returns names, and last, least, greatest value and count of each, as texts of arrays
 */
export function liveFigures({ series, changed }: HeldInstance): [names: string, figures: string] {
  const found = [...meantSeries(series.values(), changed.names)];
  const names = found.map(([name]) => `"${name.replaceAll(/[\\"]/g, "\\$&")}"`);
  const figures = found.flatMap(([, { last, min, max, count }]) => [last, min, max, count]);
  return [`{${names.join()}}`, `{${figures.join()}}`];
}
