import type uPlot from "uplot";
import { readColor } from "../../theme/theme.js";
import { plotColors } from "../plot-colors.js";
import type { PlotModel } from "../plot-model.js";
import { chartCsv } from "./csv.js";
import { chartPng } from "./png.js";
import { chartSvg } from "./svg.js";

/** What a chart can be saved as. */
export type SaveFormat = "png" | "svg" | "csv";

/**
 * Saves what a chart shows as a file of the reader's machine.
 *
 * @param format - kind of the file
 * @param plot - the chart as it was drawn
 * @param model - what it shows
 * @param title - of the chart: the file is named after it
 * @param axisName - name of the x axis
 */
export async function saveChart(format: SaveFormat, plot: uPlot, model: PlotModel, title: string, axisName: string): Promise<void> {
  const file = `${title.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.${format}`;
  if (format === "csv") return download(new Blob([chartCsv(model, axisName)], { type: "text/csv" }), file);
  const colors = { ...plotColors(), surface: readColor("--surface"), strong: readColor("--text") };
  if (format === "png") download(await chartPng(plot, model, colors, title), file);
  else download(new Blob([chartSvg(plot, model, colors, title)], { type: "image/svg+xml" }), file);
}

function download(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
