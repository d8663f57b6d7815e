import type { Columns } from "./columns.js";

/** What a value is that has no place on the axis. */
export type NonFiniteKind = "NaN" | "Infinity" | "-Infinity";

/** A stretch of the axis with values that are not finite. */
export interface NonFiniteSpan {
  kind: NonFiniteKind;
  fromX: number;
  toX: number;
  /** Rows of the columns it covers. */
  rows: number;
}

/**
 * Finds where a series was not finite, so that the chart can mark it: a NaN loss is the event that people look for.
 *
 * @param columns - of one series
 * @returns the stretches in order of the axis; neighbouring rows of one kind are one stretch
 */
export function nonFiniteSpans(columns: Columns): NonFiniteSpan[] {
  const spans: NonFiniteSpan[] = [];
  for (const kind of ["NaN", "Infinity", "-Infinity"] as const) {
    let open: NonFiniteSpan | undefined;
    for (let i = 0; i < columns.x.length; i++) {
      if (!hasKind(columns, i, kind)) {
        open = undefined;
      } else if (open === undefined) {
        open = { kind, fromX: columns.start[i]!, toX: columns.x[i]!, rows: 1 };
        spans.push(open);
      } else {
        open.toX = columns.x[i]!;
        open.rows += 1;
      }
    }
  }
  return spans.sort((a, b) => a.fromX - b.fromX);
}

/**
 * @param columns - of one series
 * @param row - of the columns
 * @param kind - of value
 * @returns whether the series has such a value there
 */
export function hasKind(columns: Columns, row: number, kind: NonFiniteKind): boolean {
  switch (kind) {
    case "NaN":
      return columns.nan[row]! > 0 || Number.isNaN(columns.last[row]!);
    case "Infinity":
      return columns.max[row] === Infinity || columns.last[row] === Infinity;
    case "-Infinity":
      return columns.min[row] === -Infinity || columns.last[row] === -Infinity;
  }
}
