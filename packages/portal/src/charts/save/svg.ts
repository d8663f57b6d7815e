import type uPlot from "uplot";
import { isDrawable } from "../align.js";
import type { Columns } from "../columns.js";
import { LINE_WIDTH_PX, type PlotColors } from "../paint.js";
import type { PlotModel } from "../plot-model.js";
import { ticksOf } from "../ticks.js";

/** Room above the lines for the title, and below for each line of the legend, in pixels. */
export const TITLE_PX = 28;
export const LEGEND_PX = 18;

/** Colours of a picture. */
export interface PictureColors extends PlotColors {
  surface: string;
  /** Of titles. */
  strong: string;
}

/**
 * Draws what a chart shows as SVG, in the colours of the theme: every row of its columns, so that the picture can be enlarged.
 *
 * @param plot - the chart as it was drawn
 * @param model - what it shows
 * @param colors - of the theme, with those of the page's surface and text
 * @param title - above it
 * @returns the document
 */
export function chartSvg(plot: uPlot, model: PlotModel, colors: PictureColors, title: string): string {
  const unit = devicePixelRatio;
  const [left, top, width, height] = [plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height].map((px) => px / unit) as [
    number,
    number,
    number,
    number,
  ];
  const x = (at: number): number => round(left + plot.valToPos(at, "x"));
  const y = (at: number): number => round(top + plot.valToPos(at, "y"));
  const parts: string[] = [];
  for (const [at, words] of ticksOf(plot, 0)) {
    parts.push(`<path d="M${x(at)} ${top}V${top + height}" stroke="${colors.grid}"/>`);
    parts.push(text(x(at), top + height + 18, words, `fill="${colors.text}" text-anchor="middle"`));
  }
  for (const [at, words] of ticksOf(plot, 1)) {
    parts.push(`<path d="M${left} ${y(at)}H${left + width}" stroke="${colors.grid}"/>`);
    parts.push(text(left - 6, y(at) + 4, words, `fill="${colors.text}" text-anchor="end"`));
  }
  const lines = model.lines.map((line, k) => {
    const color = colors.lines[line.colorIndex % colors.lines.length]!;
    const dash = line.colorIndex >= colors.lines.length ? ' stroke-dasharray="6 3"' : "";
    const columns = model.columns[k]!;
    const behind = columns.isBucketed
      ? `<path d="${extremes(columns, model.isLog, x, y)}"${model.isSmoothed ? ' opacity="0.28"' : ""}/>`
      : "";
    const path = `<path d="${linePath(columns.x, model.values[k]!, model.isLog, x, y)}"${dash}/>`;
    return `<g fill="none" stroke="${color}" stroke-width="${LINE_WIDTH_PX}" stroke-linejoin="round">${behind}${path}</g>`;
  });
  const marks = model.spans.flat().map(({ fromX, toX, kind }) => {
    const at = x(fromX) - 1;
    const area = `<rect x="${at}" y="${top}" width="${round(x(toX) - at + 1)}" height="${height}" fill="${colors.alarm}" opacity="0.12"/>`;
    return area + text(at + 3, top + height - 4, kind.replace("Infinity", "∞"), `fill="${colors.alarm}"`);
  });
  const legend = model.lines.map((line, k) => {
    const at = plot.height + TITLE_PX + (k + 1) * LEGEND_PX - 4;
    const color = colors.lines[line.colorIndex % colors.lines.length]!;
    return `<path d="M${left} ${at - 4}h12" stroke="${color}" stroke-width="3"/>${text(left + 18, at, line.title, `fill="${colors.strong}"`)}`;
  });
  const all = plot.height + TITLE_PX + model.lines.length * LEGEND_PX + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${plot.width}" height="${all}" viewBox="0 0 ${plot.width} ${all}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="${colors.surface}"/>`,
    text(8, 19, title, `fill="${colors.strong}" font-size="13" font-weight="600"`),
    `<clipPath id="area"><rect x="${left}" y="${top}" width="${width}" height="${height}"/></clipPath>`,
    `<g transform="translate(0 ${TITLE_PX})">${parts.join("")}<g clip-path="url(#area)">${lines.join("")}${marks.join("")}</g></g>`,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

type Place = (at: number) => number;

function linePath(xs: Float64Array, ys: Float64Array, isLog: boolean, x: Place, y: Place): string {
  let path = "";
  let isOpen = false;
  for (let i = 0; i < xs.length; i++) {
    const isDrawn = isDrawable(ys[i]!, isLog);
    // A point between two gaps would draw nothing: a stroke of no length is a dot.
    if (isDrawn) path += isOpen ? `L${x(xs[i]!)} ${y(ys[i]!)}` : `M${x(xs[i]!)} ${y(ys[i]!)}h0.01`;
    isOpen = isDrawn;
  }
  return path;
}

function extremes({ x: xs, min, max }: Columns, isLog: boolean, x: Place, y: Place): string {
  let path = "";
  for (let i = 0; i < xs.length; i++) {
    if (max[i]! > min[i]! && isDrawable(min[i]!, isLog) && isDrawable(max[i]!, isLog)) path += `M${x(xs[i]!)} ${y(max[i]!)}V${y(min[i]!)}`;
  }
  return path;
}

function text(x: number, y: number, words: string, look: string): string {
  const safe = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${round(x)}" y="${round(y)}" ${look}>${safe}</text>`;
}

function round(px: number): number {
  return Math.round(px * 100) / 100;
}
