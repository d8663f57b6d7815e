import type uPlot from "uplot";

/** Hook for tests and for the curious: the element with `data-plot` carries its uPlot as `avaPlot`. */
export interface PlotHost extends HTMLElement {
  avaPlot?: uPlot;
}

/**
 * @param element - of a chart
 * @param plot - its uPlot, or nothing once it is destroyed
 */
export function exposePlot(element: PlotHost, plot: uPlot | undefined): void {
  if (plot === undefined) delete element.avaPlot;
  else element.avaPlot = plot;
}

/**
 * @param element - of a chart
 * @returns its uPlot while it lives
 */
export function plotOf(element: PlotHost | null): uPlot | undefined {
  return element?.avaPlot;
}
