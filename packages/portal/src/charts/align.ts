/** A common axis of several series and, for each series, which of its rows stands at each place (-1: none). */
export interface Alignment {
  x: Float64Array;
  rows: Int32Array[];
}

/** A column as uPlot reads it: `null` breaks the line, `undefined` lets it run on (another series has a point here, this one has none). */
export type PlotColumn = Float64Array | (number | null | undefined)[];

/**
 * Merges ascending axes into one.
 *
 * @param axes - the `x` columns
 * @returns the union and the rows of each axis in it
 */
export function align(axes: readonly Float64Array[]): Alignment {
  const places = new Uint32Array(axes.length);
  const union = new Float64Array(axes.reduce((sum, axis) => sum + axis.length, 0));
  const rows = axes.map(() => new Int32Array(union.length).fill(-1));
  let length = 0;
  for (;;) {
    let least = Infinity;
    for (let k = 0; k < axes.length; k++) least = Math.min(least, axes[k]![places[k]!] ?? Infinity);
    if (least === Infinity) break;
    for (let k = 0; k < axes.length; k++) {
      if (axes[k]![places[k]!] === least) rows[k]![length] = places[k]!++;
    }
    union[length++] = least;
  }
  return { x: union.subarray(0, length), rows: rows.map((row) => row.subarray(0, length)) };
}

/**
 * Lays a column onto the common axis. What cannot be drawn (not finite; on a log axis not positive) becomes `null`; a column without holes
 * stays a typed array.
 *
 * @param values - column of one series
 * @param rows - its rows on the common axis
 * @param isLog - whether the y axis is logarithmic
 * @returns the column for uPlot
 */
export function plotColumn(values: Float64Array, rows: Int32Array, isLog: boolean): PlotColumn {
  const out = new Float64Array(rows.length);
  let isWhole = true;
  for (let i = 0; i < rows.length && isWhole; i++) {
    const value = rows[i]! < 0 ? Number.NaN : values[rows[i]!]!;
    out[i] = value;
    isWhole = isDrawable(value, isLog);
  }
  if (isWhole) return out;
  return Array.from(rows, (row) => (row < 0 ? undefined : isDrawable(values[row]!, isLog) ? values[row]! : null));
}

/**
 * @param value - any float64
 * @param isLog - whether the axis is logarithmic
 * @returns whether the value has a place on the axis
 */
export function isDrawable(value: number, isLog: boolean): boolean {
  return Number.isFinite(value) && (!isLog || value > 0);
}
