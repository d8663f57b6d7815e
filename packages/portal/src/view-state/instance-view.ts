import { type ChartView, readChartView, readNumber, writeChartView } from "./chart-view.js";

/** Parts of the instance page. */
export type InstanceTab = "charts" | "log" | "params" | "models" | "events";

/** What the reader set on the instance page. */
export interface InstanceView extends ChartView {
  tab: InstanceTab;
  /** Search among params. */
  params: string;
  /** Run that the params are compared with. */
  baseline: string | undefined;
  /** Search in the log. */
  lines: string;
  /** First byte of the line of the log that is shown; absent at its end. */
  logFrom: number | undefined;
  /** Time of the line to be shown, in nanoseconds since 1970. */
  logTime: string | undefined;
  /** Value that the line says, where several were printed at that time. */
  logValue: number | undefined;
  isWrapped: boolean;
}

const TABS: readonly InstanceTab[] = ["charts", "log", "params", "models", "events"];

/**
 * @param search - query string of the page
 * @returns the view; anything unknown or wrong in it is as if it were absent
 */
export function readInstanceView(search: string): InstanceView {
  const params = new URLSearchParams(search);
  const logFrom = readNumber(params.get("at"));
  return {
    ...readChartView(params),
    tab: TABS.find((tab) => tab === params.get("tab")) ?? "charts",
    params: params.get("param") ?? "",
    baseline: params.get("base") ?? undefined,
    lines: params.get("line") ?? "",
    logFrom: logFrom !== undefined && logFrom >= 0 ? Math.floor(logFrom) : undefined,
    logTime: /^-?\d{1,19}$/.exec(params.get("time") ?? "")?.[0],
    logValue: params.has("value") ? Number(params.get("value")) : undefined,
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
  writeChartView(view, params);
  if (view.params !== "") params.set("param", view.params);
  if (view.baseline !== undefined) params.set("base", view.baseline);
  if (view.lines !== "") params.set("line", view.lines);
  if (view.logFrom !== undefined) params.set("at", String(view.logFrom));
  if (view.logTime !== undefined) params.set("time", view.logTime);
  if (view.logValue !== undefined) params.set("value", String(view.logValue));
  if (view.isWrapped) params.set("wrap", "1");
  return params.toString();
}
