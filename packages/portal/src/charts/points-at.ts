import type { ChartLine } from "./group-series.js";
import type { PlotModel } from "./plot-model.js";
import type { PlotCursor } from "./plot-options.js";
import type { PickedPoint } from "./point-card.js";

/**
 * @param model - what a chart shows
 * @param lines - its lines
 * @param cursor - where the reader points
 * @returns the points under the cursor, and where it stands; `undefined` where there are none
 */
export function pointsAt(
  model: PlotModel,
  lines: readonly ChartLine[],
  { places, leftPx }: PlotCursor,
): { points: PickedPoint[]; leftPx: number } | undefined {
  const points = model.lines.flatMap(({ key }, k): PickedPoint[] => {
    const place = places[k];
    const row = place == null ? -1 : model.rows[k]![place]!;
    const line = lines.find((one) => one.key === key);
    return row < 0 || line === undefined ? [] : [{ line, x: model.columns[k]!.x[row]! }];
  });
  return points.length === 0 ? undefined : { points, leftPx };
}
