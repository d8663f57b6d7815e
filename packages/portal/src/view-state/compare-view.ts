import { type InstanceView, readInstanceView, writeInstanceView } from "./instance-view.js";

/** What the reader set on the page that compares runs: which ones, and how their charts are read. */
export interface CompareView extends InstanceView {
  /** Ids, in the order of their colours. */
  runs: readonly string[];
}

/** Runs that are compared at most. */
const MOST_RUNS = 100;

/**
 * @param search - query string of the page
 * @returns the view
 */
export function readCompareView(search: string): CompareView {
  const runs = [...new Set(new URLSearchParams(search).getAll("run"))].slice(0, MOST_RUNS);
  return { ...readInstanceView(search), runs };
}

/**
 * @param view - what the reader set
 * @returns the query string, without its question mark
 */
export function writeCompareView(view: CompareView): string {
  const params = new URLSearchParams(writeInstanceView(view));
  for (const id of view.runs) params.append("run", id);
  return params.toString();
}

/**
 * @param runs - ids
 * @returns address of the page that compares them
 */
export function compareAddress(runs: readonly string[]): string {
  return `/compare?${new URLSearchParams(runs.map((id) => ["run", id]))}`;
}
