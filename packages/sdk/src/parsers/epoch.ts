import type { ParserOptions } from "./parser.js";

/**
 * The epoch of a step where the user said how long an epoch is; counts from 0, fractions kept.
 *
 * @param step - counter over the whole run
 * @param options - `batchOfEpoch` decides
 * @returns the field to spread into a metric, or nothing
 */
export function epochOf(step: number | undefined, options: ParserOptions): { epoch?: number } {
  return step === undefined || options.batchOfEpoch === undefined ? {} : { epoch: step / options.batchOfEpoch };
}
