import type { Metric, ParserOptions } from "./parser.js";

/**
 * Gives a metric its epoch, where it has a step and no epoch and the user said how long one is; counts from 0, fractions kept.
 *
 * @param metric - changed in place
 * @param options - `batchOfEpoch` decides
 */
export function addEpoch(metric: Metric, { batchOfEpoch }: ParserOptions): void {
  if (batchOfEpoch !== undefined && metric.step !== undefined) metric.epoch ??= metric.step / batchOfEpoch;
}
