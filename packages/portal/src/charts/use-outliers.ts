import { type ChartAxis, type FoundPoint, fromWireNumber, type PointsAnswer } from "ava-protocol";
import { loadPoints } from "../api/points.js";
import { useResource } from "../api/use-resource.js";
import type { ChartLine } from "./group-series.js";
import type { PlotModel } from "./plot-model.js";
import { useWhile } from "./use-visible.js";

/** Values of a chart that lie far from all others. */
export interface Outliers {
  /** How many there are; as far as known so far. */
  total: number;
  /** Some of them, with the title of their line where there are several lines. */
  found: readonly { title: string | undefined; value: number; step: number }[];
}

/** Outliers of a line that are named. */
const MOST_NAMED = 10;

/**
 * Asks for the points that lie outside the fences of a chart: of a bucket only the extremes are known here, not their steps.
 *
 * @param lines - of the chart
 * @param axis - of the chart; absent where its x axis is another series
 * @param model - what it shows
 * @param isResting - no gesture is changing it
 * @returns the outliers; `undefined` where there are none
 */
export function useOutliers(
  lines: readonly ChartLine[],
  axis: ChartAxis | undefined,
  model: PlotModel | undefined,
  isResting: boolean,
): Outliers | undefined {
  const fences = axis === undefined ? undefined : model?.fences;
  const wanted = fences === undefined ? [] : linesOutside(model!);
  const question = useWhile(isResting, JSON.stringify([fences, axis, model?.xRange, wanted]));
  const { value } = useResource(question, async (signal) => {
    if (wanted.length === 0) return [];
    const asked = lines.filter(({ key }) => wanted.includes(key));
    const [from, to] = model!.xRange;
    // What is not above zero has no place on a log axis: it is told elsewhere.
    const limits = { ...(model!.isLog ? {} : { below: fences!.low }), above: fences!.high, limit: MOST_NAMED };
    return Promise.all(
      asked.map(async ({ instance, title, summary: { name, labels } }): Promise<Outliers> => {
        const answer = await loadPoints(instance, { name, labels, x: axis!, from, to, ...limits }, signal);
        return named(answer, model!.lines.length > 1 ? title : undefined);
      }),
    );
  });
  if (fences === undefined) return undefined;
  // Until the answer is there: so many rows lie outside.
  if (value === undefined) return { total: fences.outside, found: [] };
  const total = value.reduce((sum, one) => sum + one.total, 0);
  return total === 0 ? undefined : { total, found: value.flatMap(({ found }) => found) };
}

/** What is not finite is told elsewhere. */
function named({ total, points }: PointsAnswer, title: string | undefined): Outliers {
  const read = points.map(({ value, step }: FoundPoint) => ({ title, value: fromWireNumber(value), step: fromWireNumber(step) }));
  const found = read.filter(({ value }) => Number.isFinite(value));
  return { total: total - (read.length - found.length), found };
}

function linesOutside({ lines, columns, fences, xRange: [from, to], isLog }: PlotModel): string[] {
  const { low, high } = fences!;
  return lines
    .filter((_, k) => {
      const { x, min, max } = columns[k]!;
      return x.some((at, i) => at >= from && at <= to && (max[i]! > high || (min[i]! < low && (!isLog || min[i]! > 0))));
    })
    .map(({ key }) => key);
}
