import type uPlot from "uplot";
import { isDrawable } from "./align.js";
import type { Columns } from "./columns.js";
import type { PlotModel } from "./plot-model.js";

/** Colours of a chart in the current theme. */
export interface PlotColors {
  lines: readonly string[];
  text: string;
  grid: string;
  alarm: string;
}

/** Width of a line in CSS pixels. */
export const LINE_WIDTH_PX = 1.4;
/** Opacity of the band around the mean of several runs. */
const BAND_ALPHA = 0.18;
/** Opacity of what a run that went back left behind, and its dashes in CSS pixels. */
const LEFT_ALPHA = 0.5;
const LEFT_DASH_PX = [3, 3];
/** Opacity of the values behind a smoothed line. */
const RAW_ALPHA = 0.28;

/**
 * Paints what lies behind the lines: of each bucket a stroke from its least to its greatest value in the line's own colour, so that a single point among
 * thousands is as plain as any other; behind smoothed lines all of it, and the values as they are, is pale.
 *
 * @param plot - the chart
 * @param model - what it shows
 * @param colors - of the theme
 */
export function paintBehind(plot: uPlot, model: PlotModel, colors: PlotColors): void {
  clipped(plot, () => {
    model.columns.forEach((columns, k) => {
      const { colorIndex, isBand } = model.lines[k]!;
      const color = colors.lines[colorIndex % colors.lines.length]!;
      // Less where another line is set off.
      plot.ctx.globalAlpha = plot.series[k + 1]?.alpha ?? 1;
      if (isBand === true) {
        plot.ctx.fillStyle = color;
        plot.ctx.globalAlpha *= BAND_ALPHA;
        plot.ctx.fill(bandPath(plot, columns, model.isLog));
        return;
      }
      plot.ctx.strokeStyle = color;
      plot.ctx.lineWidth = LINE_WIDTH_PX * devicePixelRatio;
      const path = columns.isBucketed ? extremesPath(plot, columns, model.isLog) : new Path2D();
      if (model.isSmoothed) {
        plot.ctx.globalAlpha *= RAW_ALPHA;
        path.addPath(linePath(plot, columns.x, columns.last, model.isLog));
      }
      plot.ctx.stroke(path);
      if (columns.left !== undefined) paintLeft(plot, columns.left, model.isLog);
    });
  });
}

/**
 * Marks where values are not finite: a faint stripe over the height of the chart, and the kind by name at the axis.
 *
 * @param plot - the chart
 * @param model - what it shows
 * @param colors - of the theme
 */
export function paintNonFinite(plot: uPlot, model: PlotModel, colors: PlotColors): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  clipped(plot, () => {
    ctx.font = `600 ${10 * unit}px system-ui, sans-serif`;
    ctx.textBaseline = "bottom";
    ctx.textAlign = "left";
    let textEnd = -Infinity;
    const spans = model.spans.flat().sort((a, b) => a.fromX - b.fromX);
    for (const span of spans) {
      const left = plot.valToPos(span.fromX, "x", true);
      const right = plot.valToPos(span.toX, "x", true);
      if (right < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.fillStyle = colors.alarm;
      ctx.globalAlpha = 0.1;
      ctx.fillRect(left - unit, bbox.top, right - left + 2 * unit, bbox.height);
      ctx.globalAlpha = 0.9;
      ctx.fillRect(left - unit, bbox.top + bbox.height - 3 * unit, right - left + 2 * unit, 3 * unit);
      const word = span.kind.replace("Infinity", "∞").replace("-", "−");
      const width = ctx.measureText(word).width;
      const textLeft = Math.min(Math.max(left + 3 * unit, bbox.left + 2 * unit), bbox.left + bbox.width - width - 2 * unit);
      if (textLeft > textEnd) {
        ctx.globalAlpha = 1;
        ctx.fillText(word, textLeft, bbox.top + bbox.height - 4 * unit);
        textEnd = textLeft + width + 4 * unit;
      }
    }
  });
}

/**
 * @param plot - a chart
 * @param paint - what to paint; nothing of it goes beyond the area of the lines
 */
export function clipped(plot: uPlot, paint: () => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint();
  ctx.restore();
}

/** What a run recorded, and then went back behind: dashed and pale. */
function paintLeft(plot: uPlot, left: readonly Columns[], isLog: boolean): void {
  const { ctx } = plot;
  ctx.globalAlpha *= LEFT_ALPHA;
  for (const columns of left) {
    ctx.setLineDash([]);
    if (columns.isBucketed) ctx.stroke(extremesPath(plot, columns, isLog));
    ctx.setLineDash(LEFT_DASH_PX.map((px) => px * devicePixelRatio));
    ctx.stroke(linePath(plot, columns.x, columns.last, isLog));
  }
  ctx.setLineDash([]);
}

function linePath(plot: uPlot, x: Float64Array, y: Float64Array, isLog: boolean): Path2D {
  const path = new Path2D();
  let isOpen = false;
  for (let i = 0; i < x.length; i++) {
    if (!isDrawable(y[i]!, isLog)) {
      isOpen = false;
      continue;
    }
    const left = plot.valToPos(x[i]!, "x", true);
    const top = plot.valToPos(y[i]!, "y", true);
    if (isOpen) path.lineTo(left, top);
    else path.moveTo(left, top);
    isOpen = true;
  }
  return path;
}

/** The area between least and greatest values; what has no place on the axis interrupts it. */
function bandPath(plot: uPlot, { x, min, max }: Columns, isLog: boolean): Path2D {
  const path = new Path2D();
  const isPlaced = (i: number): boolean => i < x.length && isDrawable(min[i]!, isLog) && isDrawable(max[i]!, isLog);
  const at = (values: Float64Array, i: number): [number, number] => [plot.valToPos(x[i]!, "x", true), plot.valToPos(values[i]!, "y", true)];
  for (let from = 0; from < x.length; from++) {
    if (!isPlaced(from)) continue;
    path.moveTo(...at(max, from));
    let end = from;
    while (isPlaced(end)) path.lineTo(...at(max, end++));
    for (let i = end - 1; i >= from; i--) path.lineTo(...at(min, i));
    path.closePath();
    from = end;
  }
  return path;
}

/** Of each bucket a stroke from its least to its greatest value. */
function extremesPath(plot: uPlot, columns: Columns, isLog: boolean): Path2D {
  const path = new Path2D();
  const { x, min, max } = columns;
  for (let i = 0; i < x.length; i++) {
    const isDrawn = max[i]! > min[i]! && max[i]! > (isLog ? 0 : -Infinity) && min[i]! < Infinity;
    if (!isDrawn) continue;
    const left = plot.valToPos(x[i]!, "x", true);
    // A bucket that reaches to infinity, or below zero on a log axis, reaches to the edge of the chart.
    path.moveTo(left, max[i] === Infinity ? plot.bbox.top : plot.valToPos(max[i]!, "y", true));
    const isOpenBelow = min[i] === -Infinity || (isLog && min[i]! <= 0);
    path.lineTo(left, isOpenBelow ? plot.bbox.top + plot.bbox.height : plot.valToPos(min[i]!, "y", true));
  }
  return path;
}
