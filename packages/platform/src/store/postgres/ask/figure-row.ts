import type { Figure } from "../../contract/list.js";

/** A row of the table, as far as figures go. */
export interface FigureRow {
  last: number | null;
  min: number | null;
  max: number | null;
  count: number;
}

/** @returns figures as a row of the table has them: null stands for a value that is not there */
export function figuresOf({ last, min, max, count }: FigureRow): Pick<Record<Figure, number>, Figure> {
  return { last: last ?? Number.NaN, min: min ?? Number.NaN, max: max ?? Number.NaN, count };
}
