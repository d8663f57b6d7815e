import type uPlot from "uplot";
import type { PlotModel } from "../plot-model.js";
import { LEGEND_PX, type PictureColors, TITLE_PX } from "./svg.js";

/**
 * Takes a picture of a chart, pixel by pixel, with its title and legend.
 *
 * @param plot - the chart as it was drawn
 * @param model - what it shows
 * @param colors - of the theme
 * @param title - above it
 * @returns the PNG
 */
export function chartPng(plot: uPlot, model: PlotModel, colors: PictureColors, title: string): Promise<Blob> {
  const unit = devicePixelRatio;
  const height = plot.height + TITLE_PX + model.lines.length * LEGEND_PX + 6;
  const canvas = new OffscreenCanvas(Math.round(plot.width * unit), Math.round(height * unit));
  const ctx = canvas.getContext("2d")!;
  ctx.scale(unit, unit);
  ctx.fillStyle = colors.surface;
  ctx.fillRect(0, 0, plot.width, height);
  ctx.drawImage(plot.ctx.canvas, 0, TITLE_PX, plot.width, plot.height);
  const write = (text: string, x: number, y: number, font: string): void => {
    ctx.fillStyle = colors.strong;
    ctx.font = font;
    ctx.fillText(text, x, y);
  };
  write(title, 8, 19, "600 13px system-ui, sans-serif");
  const left = plot.bbox.left / unit;
  for (const [k, line] of model.lines.entries()) {
    const y = plot.height + TITLE_PX + (k + 1) * LEGEND_PX - 4;
    write(line.title, left + 18, y, "11px system-ui, sans-serif");
    ctx.fillStyle = colors.lines[line.colorIndex % colors.lines.length]!;
    ctx.fillRect(left, y - 6, 12, 3);
  }
  return canvas.convertToBlob();
}
