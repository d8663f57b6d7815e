import type { ChartAxis } from "ava-protocol";

/** Parts of the instance page. */
export type InstanceTab = "charts" | "log" | "params" | "models" | "events";

/** What the reader set on the instance page. */
export interface InstanceView {
  tab: InstanceTab;
  axis: ChartAxis;
  isLog: boolean;
  /** Weight of the past in percent, 0 to 99. */
  smoothing: number;
  /** Zoomed stretch of the axis: steps, epochs, or milliseconds. */
  range: readonly [from: number, to: number] | undefined;
  /** Search among metrics. */
  metrics: string;
  /** Keys of the lines that are hidden. */
  hidden: readonly string[];
  /** Charts that are enlarged, by base name. */
  large: readonly string[];
  /** Sections of charts that the reader opened and folded. */
  opened: readonly string[];
  folded: readonly string[];
  /** Search among params. */
  params: string;
  /** Filter of log lines. */
  lines: string;
  /** Offset in bytes from which the log is read; absent at its end. */
  logFrom: number | undefined;
  isWrapped: boolean;
}

const TABS: readonly InstanceTab[] = ["charts", "log", "params", "models", "events"];

/** All axes in the order of the switch. */
export const CHART_AXES: readonly ChartAxis[] = ["step", "time", "relative", "epoch"];

/**
 * @param search - query string of the page
 * @returns the view; anything unknown or wrong in it is as if it were absent
 */
export function readInstanceView(search: string): InstanceView {
  const params = new URLSearchParams(search);
  const from = number(params.get("from"));
  const to = number(params.get("to"));
  const smoothing = number(params.get("smooth")) ?? 0;
  const logFrom = number(params.get("at"));
  return {
    tab: TABS.find((tab) => tab === params.get("tab")) ?? "charts",
    axis: CHART_AXES.find((axis) => axis === params.get("x")) ?? "step",
    isLog: params.get("y") === "log",
    smoothing: Math.min(Math.max(Math.round(smoothing), 0), 99),
    range: from !== undefined && to !== undefined && from < to ? [from, to] : undefined,
    metrics: params.get("q") ?? "",
    hidden: params.getAll("hide"),
    large: params.getAll("large"),
    opened: params.getAll("open"),
    folded: params.getAll("fold"),
    params: params.get("param") ?? "",
    lines: params.get("line") ?? "",
    logFrom: logFrom !== undefined && logFrom >= 0 ? Math.floor(logFrom) : undefined,
    isWrapped: params.get("wrap") === "1",
  };
}

/**
 * @param view - what the reader set
 * @returns the query string, without its question mark; empty for the view that is shown at first
 */
export function writeInstanceView(view: InstanceView): string {
  const params = new URLSearchParams();
  if (view.tab !== "charts") params.set("tab", view.tab);
  if (view.axis !== "step") params.set("x", view.axis);
  if (view.isLog) params.set("y", "log");
  if (view.smoothing > 0) params.set("smooth", String(view.smoothing));
  if (view.range !== undefined) {
    params.set("from", String(view.range[0]));
    params.set("to", String(view.range[1]));
  }
  if (view.metrics !== "") params.set("q", view.metrics);
  for (const key of view.hidden) params.append("hide", key);
  for (const base of view.large) params.append("large", base);
  for (const prefix of view.opened) params.append("open", prefix);
  for (const prefix of view.folded) params.append("fold", prefix);
  if (view.params !== "") params.set("param", view.params);
  if (view.lines !== "") params.set("line", view.lines);
  if (view.logFrom !== undefined) params.set("at", String(view.logFrom));
  if (view.isWrapped) params.set("wrap", "1");
  return params.toString();
}

function number(text: string | null): number | undefined {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
