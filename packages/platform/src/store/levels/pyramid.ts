/** Points in one group of the pyramid's base. */
export const GROUP_POINTS = 64;

/** What is known of a chunk's values as a whole. */
interface Top {
  nan: number;
  infinite: number;
  min: number;
  max: number;
  sum: number;
}

/** Least, greatest, sum, NaN and infinities of every group of a chunk's values, and of all of them. */
export interface Pyramid {
  top: Top;
  groupMin: Float32Array | Float64Array;
  groupMax: Float32Array | Float64Array;
  groupSum: Float64Array;
  /** Absent where the chunk has none. */
  groupNan: Uint8Array | undefined;
  groupInfinite: Uint8Array | undefined;
}

/**
 * @param values - the rows
 * @param count - how many of them are used
 * @param isNarrow - float32 holds every value
 */
export function buildPyramid(values: Float64Array, count: number, isNarrow: boolean): Pyramid {
  const groups = Math.ceil(count / GROUP_POINTS);
  const groupMin = isNarrow ? new Float32Array(groups) : new Float64Array(groups);
  const groupMax = isNarrow ? new Float32Array(groups) : new Float64Array(groups);
  const groupSum = new Float64Array(groups);
  const groupNan = new Uint8Array(groups);
  const groupInfinite = new Uint8Array(groups);
  const top: Top = { nan: 0, infinite: 0, min: Number.NaN, max: Number.NaN, sum: finiteSum(values, 0, count) };
  for (let group = 0; group < groups; group++) {
    let least = Number.NaN;
    let most = Number.NaN;
    const start = group * GROUP_POINTS;
    const end = Math.min(count, start + GROUP_POINTS);
    for (let row = start; row < end; row++) {
      const value = values[row]!;
      if (value !== value) groupNan[group]!++;
      else {
        if (!(value >= least)) least = value;
        if (!(value <= most)) most = value;
        if (value - value !== 0) groupInfinite[group]!++;
      }
    }
    groupMin[group] = least;
    groupMax[group] = most;
    groupSum[group] = finiteSum(values, start, end);
    top.nan += groupNan[group]!;
    top.infinite += groupInfinite[group]!;
    if (!(least >= top.min) && least === least) top.min = least;
    if (!(most <= top.max) && most === most) top.max = most;
  }
  return {
    top,
    groupMin,
    groupMax,
    groupSum,
    groupNan: top.nan > 0 ? groupNan : undefined,
    groupInfinite: top.infinite > 0 ? groupInfinite : undefined,
  };
}

/** Less than one by more values than a chunk has: scaled by it, no sum of them overflows on the way. */
const OVERFLOW_SCALE = 2 ** -13;

/**
 * Sum of the finite values of some rows by Neumaier's compensated summation: as if added with twice the digits, then rounded once.
 *
 * @param start - first row
 * @param end - row after the last
 * @returns the sum; infinite where it is beyond float64
 */
function finiteSum(values: Float64Array, start: number, end: number): number {
  const sum = scaledSum(values, start, end, 1);
  return Number.isFinite(sum) ? sum : scaledSum(values, start, end, OVERFLOW_SCALE) / OVERFLOW_SCALE;
}

function scaledSum(values: Float64Array, start: number, end: number, scale: number): number {
  let sum = 0;
  let lost = 0;
  for (let row = start; row < end; row++) {
    const value = values[row]! * scale;
    // NaN for infinities and NaN.
    if (value - value !== 0) continue;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
