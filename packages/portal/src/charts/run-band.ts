import type { Columns } from "./columns.js";
import { hasKind } from "./non-finite.js";
import type { PlotLine } from "./plot-model.js";

/** Lines of several runs that are drawn as one: their mean, with a band from the least to the greatest. */
export interface RunBand {
  /** Identity of the band on its page. */
  key: string;
  title: string;
  colorIndex: number;
  /** Keys of the lines. */
  lines: readonly string[];
}

/**
 * @param bands - of a chart
 * @param shown - lines of single runs that are not hidden
 * @param columns - of these lines by key, as far as they are there
 * @returns a line with its columns for each band of which something is shown
 */
export function joinRuns(
  bands: readonly RunBand[],
  shown: readonly PlotLine[],
  columns: ReadonlyMap<string, Columns> = new Map(),
): { line: PlotLine; columns: Columns }[] {
  const keys = new Set(shown.map(({ key }) => key));
  return bands.flatMap(({ key, title, colorIndex, lines }) => {
    const own = lines.flatMap((line) => (keys.has(line) ? (columns.get(line) ?? []) : []));
    return own.length === 0 ? [] : [{ line: { key, title, colorIndex, isBand: true as const }, columns: bandOf(own) }];
  });
}

/**
 * Takes the mean of several lines. Where a line has no point of its own, it is read between its neighbours; before its first and behind its last point it
 * says nothing.
 *
 * @param lines - columns of the lines, at least one
 * @returns mean as `last` and `mean`, least and greatest as `min` and `max`, at every place where one of them has a point; `count` is how many lines say something, `nan` how many are NaN
 */
export function bandOf(lines: readonly Columns[]): Columns {
  const x = Float64Array.from(new Set(lines.flatMap((line) => [...line.x]))).sort();
  const mean = new Float64Array(x.length).fill(Number.NaN);
  const min = mean.slice();
  const max = mean.slice();
  const count = new Float64Array(x.length);
  const nan = new Float64Array(x.length);
  const sums = new Float64Array(x.length);
  for (const line of lines) {
    let row = 0;
    for (let i = 0; i < x.length; i++) {
      const at = x[i]!;
      while (row + 1 < line.x.length && line.x[row + 1]! <= at) row++;
      if (!(line.x[row]! <= at) || at > line.x.at(-1)!) continue;
      if (line.x[row] === at && hasKind(line, row, "NaN")) nan[i]! += 1;
      const value = between(line.x, line.isBucketed ? line.mean : line.last, row, at);
      if (!Number.isFinite(value)) continue;
      count[i]! += 1;
      sums[i]! += value;
      min[i] = lesser(min[i]!, line.isBucketed ? between(line.x, line.min, row, at) : value);
      max[i] = -lesser(-max[i]!, -(line.isBucketed ? between(line.x, line.max, row, at) : value));
    }
  }
  for (let i = 0; i < x.length; i++) if (count[i]! > 0) mean[i] = sums[i]! / count[i]!;
  return {
    x,
    start: x,
    last: mean,
    mean,
    min,
    max,
    count,
    nan,
    from: Math.min(...lines.map((line) => line.from)),
    to: Math.max(...lines.map((line) => line.to)),
    isBucketed: true,
    newest: mean.at(-1) ?? Number.NaN,
  };
}

function between(x: Float64Array, values: Float64Array, row: number, at: number): number {
  const left = x[row]!;
  if (left === at || row + 1 >= x.length) return values[row]!;
  const share = (at - left) / (x[row + 1]! - left);
  return values[row]! * (1 - share) + values[row + 1]! * share;
}

/** NaN says "no number here", so the other one is the lesser. */
function lesser(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
