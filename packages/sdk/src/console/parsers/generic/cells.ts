/** What stands in one column of a line. */
export interface Cell {
  text: string;
  /** Index of its first character in the whole line. */
  at: number;
}

/**
 * @param text - part of a line
 * @param base - index of its first character in the line
 * @param separator - what stands between cells; global
 * @returns the cells, without the blanks around each
 */
export function cellsOf(text: string, base: number, separator: RegExp): Cell[] {
  const cells: Cell[] = [];
  let from = 0;
  for (const { index, 0: between } of text.matchAll(separator)) {
    cells.push(trimmed(text.slice(from, index), base + from));
    from = index + between.length;
  }
  cells.push(trimmed(text.slice(from), base + from));
  return cells;
}

function trimmed(text: string, at: number): Cell {
  return { text: text.trim(), at: at + text.length - text.trimStart().length };
}
