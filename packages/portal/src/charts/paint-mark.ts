import type uPlot from "uplot";
import { clipped, type PlotColors } from "./paint.js";
import type { PlotModel } from "./plot-model.js";

/** Dashes of the line, in CSS pixels. */
const DASH_PX = 4;

/**
 * Draws an upright line at the place that the reader came from, a line of the log.
 *
 * @param plot - the chart
 * @param model - what it shows
 * @param colors - of the theme
 */
export function paintMark(plot: uPlot, { mark }: PlotModel, colors: PlotColors): void {
  if (mark === undefined) return;
  const { ctx, bbox } = plot;
  const left = Math.round(plot.valToPos(mark, "x", true));
  clipped(plot, () => {
    ctx.strokeStyle = colors.text;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([DASH_PX * devicePixelRatio, DASH_PX * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  });
}
