import { fromWireNumber } from "ava-protocol";
import type { Columns } from "./columns.js";
import type { ChartLine } from "./group-series.js";

/** What the legend and the table say of a line. */
export interface LineFigures {
  last: number;
  min: number;
  max: number;
  count: number;
  lastStep: number;
}

/**
 * Figures of a line out of what its chart was sent, which is newer than the summary; without it, or with a stretch alone, those of the summary.
 *
 * @param line - with its summary
 * @param version - newest known number of its points
 * @param columns - of the whole series; absent when none, or only a stretch, is there
 * @param isStepAxis - whether their axis counts steps
 * @returns the figures
 */
export function lineFigures({ summary }: ChartLine, version: number, columns: Columns | undefined, isStepAxis: boolean): LineFigures {
  const known = {
    last: fromWireNumber(summary.last),
    min: fromWireNumber(summary.min),
    max: fromWireNumber(summary.max),
    count: version,
    lastStep: summary.lastStep,
  };
  if (columns === undefined || columns.x.length === 0 || version <= summary.count) return known;
  return {
    ...known,
    last: columns.newest,
    min: extreme(columns.min, known.min, Math.min),
    max: extreme(columns.max, known.max, Math.max),
    ...(isStepAxis ? { lastStep: columns.x.at(-1)! } : {}),
  };
}

function extreme(values: Float64Array, start: number, pick: (a: number, b: number) => number): number {
  let found = start;
  for (const value of values) if (!Number.isNaN(value)) found = Number.isNaN(found) ? value : pick(found, value);
  return found;
}
