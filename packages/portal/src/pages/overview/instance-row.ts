import { fromWireNumber, type InstanceState, type InstanceSummary, type SeriesSummary } from "ava-protocol";
import { flattenParams, type Param } from "../../params/flatten.js";
import { STATES } from "../../view-state/overview-view.js";
import { tellingSeries } from "./telling-series.js";

/** One instance as the table shows it. */
export interface InstanceRow {
  id: string;
  /** Display name. */
  name: string | undefined;
  training: string;
  state: InstanceState;
  /** Order of the state: what needs attention first. */
  stateRank: number;
  startMs: number | undefined;
  /** End of the time span; absent while it runs. */
  endMs: number | undefined;
  durationMs: number | undefined;
  metric: SeriesSummary | undefined;
  metricValue: number | undefined;
  params: readonly Param[];
  searchText: string;
}

/**
 * @param instance - from the API
 * @param nowMs - the time, for the duration of what runs
 * @returns its row
 */
export function instanceRow(instance: InstanceSummary, nowMs: number): InstanceRow {
  const { id, name, training, state } = instance;
  const startMs = instance.startTime === undefined ? undefined : Date.parse(instance.startTime);
  const endMs = endOf(instance);
  const metric = tellingSeries(instance.series);
  const value = metric === undefined ? undefined : fromWireNumber(metric.last);
  const params = flattenParams(instance.paramsText);
  return {
    id,
    name,
    training,
    state,
    stateRank: STATES.indexOf(state),
    startMs,
    endMs,
    durationMs: startMs === undefined ? undefined : (endMs ?? nowMs) - startMs,
    metric,
    // NaN has no order; a diverged loss sorts as the worst.
    metricValue: value !== undefined && Number.isNaN(value) ? Infinity : value,
    params,
    searchText: [id, name ?? "", training, ...params.map(({ path, value: text }) => `${path}=${text}`)].join("\n").toLowerCase(),
  };
}

/**
 * @param instance - from the API
 * @returns when it ended, for a lost one when it was last heard; absent while it runs
 */
export function endOf(instance: Pick<InstanceSummary, "state" | "stopTime" | "heartbeatTime">): number | undefined {
  if (instance.state === "running") return undefined;
  const time = instance.stopTime ?? instance.heartbeatTime;
  return time === undefined ? undefined : Date.parse(time);
}

/**
 * @param row - of the table
 * @param search - words that must all occur in id, name, training or params (`lr=0.1`)
 * @returns whether they do
 */
export function matchesSearch(row: InstanceRow, search: string): boolean {
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.searchText.includes(word));
}
