import { type Columns, ROW_COLUMNS, type RowColumns } from "./columns.js";

/**
 * @param columns - of a line
 * @param from - first row
 * @param end - row behind the last
 * @returns the columns of these rows
 */
export function rowsOf(columns: Columns, from: number, end: number): Columns {
  const rows = Object.fromEntries(ROW_COLUMNS.map((name) => [name, columns[name].subarray(from, end)]));
  return { ...columns, ...(rows as Record<keyof RowColumns, Float64Array>) };
}

/**
 * @param x - ascending places
 * @param at - a place
 * @returns the first row that is not before it
 */
export function rowFrom(x: Float64Array, at: number): number {
  const row = x.findIndex((place) => place >= at);
  return row < 0 ? x.length : row;
}

/**
 * @param parts - columns that follow each other on the axis
 * @returns their rows, one after the other
 */
export function joined(parts: readonly Columns[]): RowColumns {
  const length = parts.reduce((sum, { x }) => sum + x.length, 0);
  const rows = ROW_COLUMNS.map((name) => {
    const all = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part[name], at);
      at += part.x.length;
    }
    return [name, all];
  });
  return Object.fromEntries(rows) as Record<keyof RowColumns, Float64Array>;
}
