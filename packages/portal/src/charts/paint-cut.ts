import type uPlot from "uplot";
import { clipped, type PlotColors } from "./paint.js";
import type { PlotModel } from "./plot-model.js";

/** Size of an arrow in CSS pixels. */
const ARROW_PX = 7;

/**
 * Points with an arrow at the edge to each value that lies beyond the y axis, for the reader has cut it off.
 *
 * @param plot - the chart
 * @param model - what it shows
 * @param colors - of the theme
 */
export function paintCut(plot: uPlot, model: PlotModel, colors: PlotColors): void {
  if (!model.isCut) return;
  const [low, high] = model.yRange;
  const { ctx, bbox } = plot;
  const size = ARROW_PX * devicePixelRatio;
  clipped(plot, () => {
    model.columns.forEach(({ x, min, max }, k) => {
      ctx.fillStyle = colors.lines[model.lines[k]!.colorIndex % colors.lines.length]!;
      const arrows = new Path2D();
      for (let i = 0; i < x.length; i++) {
        const left = plot.valToPos(x[i]!, "x", true);
        if (max[i]! > high && max[i]! < Infinity) addArrow(arrows, left, bbox.top, size);
        if (min[i]! < low && min[i]! > -Infinity) addArrow(arrows, left, bbox.top + bbox.height, -size);
      }
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
      ctx.fill(arrows);
    });
  });
}

/** @param size - below zero for an arrow that points down */
function addArrow(path: Path2D, x: number, tip: number, size: number): void {
  path.moveTo(x, tip);
  path.lineTo(x - Math.abs(size) / 2, tip + size);
  path.lineTo(x + Math.abs(size) / 2, tip + size);
  path.closePath();
}
