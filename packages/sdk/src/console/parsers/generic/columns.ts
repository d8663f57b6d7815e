import type { Cell } from "./cells.js";

/** Characters by which a cell may miss the edge of its column. */
const SLACK = 1;

/**
 * @param text - part of a line
 * @param base - index of its first character in the line
 * @param cell - what a cell is; global
 * @returns the cells
 */
export function matchedCells(text: string, base: number, cell: RegExp): Cell[] {
  return Array.from(text.matchAll(cell), ({ 0: found, index }) => ({ text: found, at: base + index }));
}

/**
 * Finds the columns of cells by where they stand: columns may be empty.
 *
 * @param cells - of a row
 * @param columns - of the header, in order
 * @returns a cell for each column, empty where the row has none; undefined where a cell is below no column
 */
export function aligned(cells: readonly Cell[], columns: readonly Cell[]): Cell[] | undefined {
  const found: Cell[] = columns.map(({ at }) => ({ text: "", at }));
  let next = 0;
  for (const cell of cells) {
    const isBelow = ({ text, at }: Cell): boolean =>
      Math.abs(at - cell.at) <= SLACK || Math.abs(at + text.length - cell.at - cell.text.length) <= SLACK;
    const column = columns.findIndex((one, index) => index >= next && isBelow(one));
    if (column === -1) return undefined;
    found[column] = cell;
    next = column + 1;
  }
  return found;
}
