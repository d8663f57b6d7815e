import { type InstanceDetail, type InstanceSummary, type SeriesSummary, toWireNumber } from "ava-protocol";
import { type InstanceView, type SeriesView, stateOf } from "../store/contract/instance.js";
import type { ListedInstance } from "../store/contract/list.js";
import type { Store } from "../store/contract/store.js";
import { paramsAnswer } from "./params.js";

/** Time after which a running instance without a heartbeat counts as lost, in milliseconds. */
export const LOST_AFTER_MS = 60_000;

/** What reading needs to know beside the store. */
export interface Clock {
  now: () => number;
  lostAfterMs: number;
}

/** @returns the time before which a running instance must have been heard last to be lost, in milliseconds since 1970 */
export function lostBeforeMs({ now, lostAfterMs }: Clock): number {
  return now() - lostAfterMs;
}

/** @returns an instance as lists show it */
export function summarizeInstance({ id, training, facts, heartbeatMs, series }: ListedInstance, clock: Clock): InstanceSummary {
  const { name, tags, note, startTime, stopTime, end } = facts;
  return {
    id,
    training,
    ...(name === undefined ? {} : { name }),
    ...(tags === undefined ? {} : { tags }),
    ...(note === undefined ? {} : { note }),
    state: stateOf({ id, training, facts, heartbeatMs }, lostBeforeMs(clock)),
    ...paramsAnswer(facts),
    ...(startTime === undefined ? {} : { startTime }),
    ...(stopTime === undefined ? {} : { stopTime }),
    heartbeatTime: new Date(heartbeatMs).toISOString(),
    ...(end === undefined ? {} : { end }),
    series: series.map(summarizeSeries),
  };
}

/**
 * @param id - of an instance
 * @returns everything about it
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function describeInstance(store: Store, id: string, clock: Clock): Promise<InstanceDetail> {
  const [view, series] = await Promise.all([store.instance(id), store.series(id)]);
  return describe(view, series, clock);
}

function describe(view: InstanceView, series: readonly SeriesView[], clock: Clock): InstanceDetail {
  return {
    ...view.facts,
    ...summarizeInstance({ ...view, series }, clock),
    logBytes: view.logBytes,
    events: [...view.events],
    drops: view.drops,
    ...(view.stopRequested === undefined ? {} : { stopRequested: view.stopRequested }),
    ...(view.damage.length === 0 ? {} : { damage: [...view.damage] }),
  };
}

function summarizeSeries({ name, labels, count, last, min, max, firstStep, lastStep, firstTimeNs, lastTimeNs }: SeriesView): SeriesSummary {
  return {
    name,
    labels,
    count,
    last: toWireNumber(last),
    min: toWireNumber(min),
    max: toWireNumber(max),
    firstStep,
    lastStep,
    firstTimeNs: firstTimeNs.toString(),
    lastTimeNs: lastTimeNs.toString(),
  };
}
