import type { PlotColumn } from "./align.js";

/**
 * Chooses which values get a dot: all where there are few, else those that no line touches because both their neighbours are gaps.
 *
 * @param column - of one line
 * @param mostDots - how many dots still look like dots
 * @returns indexes into the column
 */
export function dotIndexes(column: PlotColumn, mostDots: number): number[] {
  const drawn: number[] = [];
  const lonely: number[] = [];
  let isAfterGap = true;
  let waiting = -1;
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (value === undefined) continue;
    if (value === null) {
      if (waiting >= 0) lonely.push(waiting);
      waiting = -1;
      isAfterGap = true;
      continue;
    }
    drawn.push(i);
    waiting = isAfterGap ? i : -1;
    isAfterGap = false;
  }
  if (waiting >= 0) lonely.push(waiting);
  return drawn.length <= mostDots ? drawn : lonely;
}
