import type { ChartAxis } from "ava-protocol";

/** Sizes of charts. */
export type ChartSize = "small" | "medium" | "large";

/** How the reader reads charts. */
export interface ChartView {
  axis: ChartAxis;
  /** Key of the series that is the x axis; absent for `axis`. */
  xSeries: string | undefined;
  isLog: boolean;
  isLogX: boolean;
  /** Weight of the past in percent, 0 to 99. */
  smoothing: number;
  /** Zoomed stretch of the axis: steps, epochs, or milliseconds. */
  range: readonly [from: number, to: number] | undefined;
  /** Search among metrics. */
  metrics: string;
  size: ChartSize;
  /** Keys of the lines that are hidden. */
  hidden: readonly string[];
  /** Charts that are enlarged, by base name. */
  large: readonly string[];
  /** Charts whose outliers are cut off, by base name. */
  clipped: readonly string[];
  /** Charts whose y range was set by hand: base name, least and greatest value. */
  yRanges: readonly (readonly [base: string, min: number, max: number])[];
  /** Charts of ranks that show a band, and those that show lines, where the reader chose. */
  bands: readonly string[];
  apart: readonly string[];
  /** Sections of charts that the reader opened and folded. */
  opened: readonly string[];
  folded: readonly string[];
  /** Moment that is marked, in milliseconds since 1970. */
  markMs: number | undefined;
}

/** All axes in the order of the switch. */
export const CHART_AXES: readonly ChartAxis[] = ["step", "time", "relative", "epoch"];

/** All sizes in the order of the switch. */
export const CHART_SIZES: readonly ChartSize[] = ["small", "medium", "large"];

/**
 * @param params - query string of the page
 * @returns the view; anything unknown or wrong in it is as if it were absent
 */
export function readChartView(params: URLSearchParams): ChartView {
  const from = readNumber(params.get("from"));
  const to = readNumber(params.get("to"));
  const smoothing = readNumber(params.get("smooth")) ?? 0;
  return {
    axis: CHART_AXES.find((axis) => axis === params.get("x")) ?? "step",
    xSeries: params.get("xm") ?? undefined,
    isLog: params.get("y") === "log",
    isLogX: params.get("xlog") === "1",
    smoothing: Math.min(Math.max(Math.round(smoothing), 0), 99),
    range: from !== undefined && to !== undefined && from < to ? [from, to] : undefined,
    metrics: params.get("q") ?? "",
    size: CHART_SIZES.find((size) => size === params.get("size")) ?? "medium",
    hidden: params.getAll("hide"),
    large: params.getAll("large"),
    clipped: params.getAll("clip"),
    yRanges: params.getAll("yr").flatMap((text) => readYRange(text) ?? []),
    bands: params.getAll("band"),
    apart: params.getAll("apart"),
    opened: params.getAll("open"),
    folded: params.getAll("fold"),
    markMs: readNumber(params.get("mark")),
  };
}

/**
 * @param view - what the reader set
 * @param params - gets it; what is as at first is left out
 */
export function writeChartView(view: ChartView, params: URLSearchParams): void {
  if (view.axis !== "step") params.set("x", view.axis);
  if (view.xSeries !== undefined) params.set("xm", view.xSeries);
  if (view.isLog) params.set("y", "log");
  if (view.isLogX) params.set("xlog", "1");
  if (view.smoothing > 0) params.set("smooth", String(view.smoothing));
  if (view.range !== undefined) {
    params.set("from", String(view.range[0]));
    params.set("to", String(view.range[1]));
  }
  if (view.metrics !== "") params.set("q", view.metrics);
  if (view.size !== "medium") params.set("size", view.size);
  for (const [name, values] of [
    ["hide", view.hidden],
    ["large", view.large],
    ["clip", view.clipped],
    ["yr", view.yRanges.map(([base, min, max]) => `${min},${max},${base}`)],
    ["band", view.bands],
    ["apart", view.apart],
    ["open", view.opened],
    ["fold", view.folded],
  ] as const) {
    for (const value of values) params.append(name, value);
  }
  if (view.markMs !== undefined) params.set("mark", String(view.markMs));
}

/** `0,1.5,base`: the base may have commas itself. */
function readYRange(text: string): [ChartView["yRanges"][number]] | undefined {
  const [, low, high, base] = /^([^,]*),([^,]*),([^]*)$/.exec(text) ?? [];
  const min = readNumber(low ?? null);
  const max = readNumber(high ?? null);
  return base !== undefined && min !== undefined && max !== undefined && min < max ? [[base, min, max]] : undefined;
}

/**
 * @param text - of a parameter, `null` where it is absent
 * @returns the finite number that it is, if it is one
 */
export function readNumber(text: string | null): number | undefined {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * @param list - of names
 * @param name - any name
 * @returns the list without the name if it has it, with it if not
 */
export function toggled(list: readonly string[], name: string): string[] {
  return list.includes(name) ? list.filter((other) => other !== name) : [...list, name];
}
