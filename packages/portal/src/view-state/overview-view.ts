import type { InstanceState } from "ava-protocol";

/** What the reader set on the overview. */
export interface OverviewView {
  training: string | undefined;
  state: InstanceState | undefined;
  /** Terms of the filter, as the reader wrote them. */
  terms: readonly string[];
  /** A field, with `-` in front for descending. */
  sort: string;
  /** Fields that are shown; those that tell the runs apart when absent. */
  columns: readonly string[] | undefined;
  /** Ids of the runs that are picked, in order. */
  picked: readonly string[];
}

/** States in the order in which they are shown. */
export const STATES: readonly InstanceState[] = ["running", "failed", "lost", "done"];

const NEWEST_FIRST = "-startTime";

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
    picked: params.getAll("pick"),
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
  for (const term of view.terms) params.append("q", term);
  if (view.sort !== NEWEST_FIRST) params.set("sort", view.sort);
  // No column at all is a choice, too.
  if (view.columns?.length === 0) params.set("column", "");
  for (const column of view.columns ?? []) params.append("column", column);
  for (const id of view.picked) params.append("pick", id);
  return params.toString();
}
