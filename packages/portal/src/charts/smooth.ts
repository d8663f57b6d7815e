/**
 * Exponential moving average without the pull of its start: each value is divided by the weight gathered so far, so the first smoothed value
 * is the first value. Values that are not finite stay as they are and do not enter the average.
 *
 * @param values - in order of the axis
 * @param weight - of the past, 0 (no smoothing) to below 1
 * @returns the smoothed values
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let average = 0;
  let gathered = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    average = weight * average + (1 - weight) * value;
    gathered = weight * gathered + (1 - weight);
    out[i] = average / gathered;
  }
  return out;
}
