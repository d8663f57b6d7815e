import type { InstanceState } from "ava-protocol";
import { type ChartView, readChartView, writeChartView } from "./chart-view.js";
import type { PickedRun } from "./picked-runs.js";
import { readPicked, writePicked } from "./picked-runs.js";

/** How the runs are shown. */
export type RunsShow = "table" | "charts" | "params";

/** What the reader set on the page of runs. */
export interface OverviewView {
  training: string | undefined;
  state: InstanceState | undefined;
  /** Terms of the filter, as the reader wrote them. */
  terms: readonly string[];
  /** A field, with `-` in front for descending. */
  sort: string;
  /** Fields that are shown; those that tell the runs apart when absent. */
  columns: readonly string[] | undefined;
  /** Fields that the runs are grouped by. */
  group: readonly string[];
  /** Filters of the groups whose runs are shown. */
  unfolded: readonly string[];
  /** Ids of the runs that stand first. */
  pinned: readonly string[];
  /** Runs that are picked, in order. */
  picked: readonly PickedRun[];
  show: RunsShow;
  /** Id of the run that others are compared with. */
  base: string | undefined;
  /** Figure of a series that the runs are compared by: `last:loss`. */
  target: string | undefined;
  /** Field that stands against it. */
  against: string | undefined;
  /** How charts are read. */
  chart: ChartView;
}

/** States in the order in which they are shown. */
export const STATES: readonly InstanceState[] = ["running", "failed", "lost", "done"];

/** All ways in the order of the switch. */
export const RUNS_SHOWS: readonly RunsShow[] = ["table", "charts", "params"];

/** Order of the list when nothing is said. */
export const NEWEST_FIRST = "-startTime";

/**
 * @param search - query string of the page
 * @returns the view; anything unknown in it is as if it were absent
 */
export function readOverviewView(search: string): OverviewView {
  const params = new URLSearchParams(search);
  return {
    training: params.get("training") ?? undefined,
    state: STATES.find((state) => state === params.get("state")),
    terms: params.getAll("q"),
    sort: params.get("sort") ?? NEWEST_FIRST,
    columns: params.has("column") ? params.getAll("column").filter((column) => column !== "") : undefined,
    group: params.getAll("group"),
    unfolded: params.getAll("unfold"),
    pinned: params.getAll("keep"),
    picked: readPicked(params),
    show: RUNS_SHOWS.find((show) => show === params.get("show")) ?? "table",
    base: params.get("base") ?? undefined,
    target: params.get("target") ?? undefined,
    against: params.get("against") ?? undefined,
    // Of the list `q` is the filter.
    chart: { ...readChartView(params), metrics: params.get("metric") ?? "" },
  };
}

/**
 * @param view - what the reader set
 * @returns the query string, without its question mark; empty for the view that is shown at first
 */
export function writeOverviewView(view: OverviewView): string {
  const params = new URLSearchParams();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") params.set(name, value);
  };
  const add = (name: string, values: readonly string[]): void => {
    for (const value of values) params.append(name, value);
  };
  if (view.show !== "table") params.set("show", view.show);
  set("training", view.training);
  set("state", view.state);
  add("q", view.terms);
  if (view.sort !== NEWEST_FIRST) params.set("sort", view.sort);
  // No column at all is a choice, too.
  if (view.columns?.length === 0) params.set("column", "");
  add("column", view.columns ?? []);
  add("group", view.group);
  add("unfold", view.unfolded);
  add("keep", view.pinned);
  writePicked(params, view.picked);
  set("base", view.base);
  set("target", view.target);
  set("against", view.against);
  set("metric", view.chart.metrics);
  writeChartView({ ...view.chart, metrics: "" }, params);
  return params.toString();
}
