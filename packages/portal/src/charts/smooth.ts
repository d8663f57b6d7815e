/** Steps into which an axis is divided for smoothing: at a weight of 0.9 a value counts a tenth less after a thousandth of the axis. */
const STEPS_PER_AXIS = 1000;

/**
 * Exponential moving average by distance on the axis, so that a sparse series (a validation each epoch) is not smoothed more than a dense one
 * beside it. It is free of the pull of its start: each value is divided by the weight gathered so far, so the first smoothed value is the
 * first value. Values that are not finite stay as they are and do not enter the average.
 *
 * @param x - ascending places on the axis
 * @param values - at these places
 * @param weight - what remains of the past after a thousandth of the axis, 0 (no smoothing) to below 1
 * @param spanX - length of the axis in view
 * @returns the smoothed values
 */
export function smooth(x: Float64Array, values: Float64Array, weight: number, spanX: number): Float64Array {
  const out = new Float64Array(values.length);
  let average = 0;
  let gathered = 0;
  let beforeX = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    const kept = gathered === 0 ? 0 : weight ** (((x[i]! - beforeX) * STEPS_PER_AXIS) / spanX);
    average = kept * average + (1 - weight) * value;
    gathered = kept * gathered + (1 - weight);
    out[i] = average / gathered;
    beforeX = x[i]!;
  }
  return out;
}
