import { seriesKey } from "ava-protocol";
import { type Columns, mergedRows, ROW_COLUMNS, type RowColumns } from "./columns.js";
import type { ChartLine } from "./group-series.js";

/** Points of a series up to which a chart over another series is exact; of a longer one so many are drawn, evenly over its steps. */
export const POINTS_ON_SERIES = 8192;

/**
 * @param line - of a chart
 * @param xSeries - key of the series that is its x axis
 * @returns key of the line of that series, of the same run
 */
export function xLineKey({ key, summary: { name, labels } }: ChartLine, xSeries: string): string {
  // On pages of several runs the run stands before the series' own key.
  return key.slice(0, key.length - seriesKey(name, labels).length) + xSeries;
}

/**
 * Draws a line over another series of its run: each row moves to the value that the other one had at its step, or last before it.
 *
 * @param line - columns over steps
 * @param axis - columns of the other series over steps
 * @returns columns over the values of the other series, ascending
 */
export function onSeries(line: Columns, axis: Columns): Columns {
  const rows: number[] = [];
  const places: number[] = [];
  let at = -1;
  for (let row = 0; row < line.x.length; row++) {
    while (at + 1 < axis.x.length && axis.x[at + 1]! <= line.x[row]!) at += 1;
    if (at < 0) continue;
    rows.push(row);
    places.push(axis.last[at]!);
  }
  const moved = Object.fromEntries(ROW_COLUMNS.map((name) => [name, Float64Array.from(rows, (row) => line[name][row]!)]));
  const x = Float64Array.from(places);
  const ordered = mergedRows({ ...(moved as Record<keyof RowColumns, Float64Array>), x, start: x.slice() }, line.isBucketed);
  return { ...ordered, newest: line.newest, from: -Infinity, to: Infinity };
}
