import type { InstanceState } from "ava-protocol";

/** Columns by which instances can be sorted. */
export type SortColumn = "state" | "id" | "start" | "duration" | "metric";

/** What the reader set on the overview. */
export interface OverviewView {
  training: string | undefined;
  state: InstanceState | undefined;
  search: string;
  sort: { column: SortColumn; isDescending: boolean };
}

const COLUMNS: readonly SortColumn[] = ["state", "id", "start", "duration", "metric"];

/** States in the order in which they are shown and sorted. */
export const STATES: readonly InstanceState[] = ["running", "failed", "lost", "done"];

/**
 * @param search - query string of the page
 * @returns the view; anything unknown in it is as if it were absent
 */
export function readOverviewView(search: string): OverviewView {
  const params = new URLSearchParams(search);
  const sort = params.get("sort") ?? "-start";
  const column = COLUMNS.find((name) => name === sort.replace(/^-/, ""));
  return {
    training: params.get("training") ?? undefined,
    state: STATES.find((state) => state === params.get("state")),
    search: params.get("q") ?? "",
    sort: column === undefined ? { column: "start", isDescending: true } : { column, isDescending: sort.startsWith("-") },
  };
}

/**
 * @param view - what the reader set
 * @returns the query string, without its question mark; empty for the view that is shown at first
 */
export function writeOverviewView(view: OverviewView): string {
  const params = new URLSearchParams();
  if (view.training !== undefined) params.set("training", view.training);
  if (view.state !== undefined) params.set("state", view.state);
  if (view.search !== "") params.set("q", view.search);
  const sort = (view.sort.isDescending ? "-" : "") + view.sort.column;
  if (sort !== "-start") params.set("sort", sort);
  return params.toString();
}
