import type { InstanceDetail, InstanceState, InstanceSummary, TrainingSummary } from "ava-protocol";
import type { Store } from "../store/contract/store.js";
import { sumDrops } from "../store/embedded/instance/drops.js";
import { type Instance, logBytes } from "../store/embedded/instance/instance.js";
import { summarize } from "../store/levels/totals.js";
import { paramsAnswer } from "./params.js";

/** Time after which a running instance without a heartbeat counts as lost, in milliseconds. */
export const LOST_AFTER_MS = 60_000;

/** What reading needs to know beside the store. */
export interface Clock {
  now: () => number;
  lostAfterMs: number;
}

/** @returns state of an instance at this moment */
export function stateOf(instance: Instance, clock: Clock): InstanceState {
  const state = instance.facts.state ?? "running";
  return state === "running" && clock.now() - instance.heartbeatMs > clock.lostAfterMs ? "lost" : state;
}

/** @returns an instance as lists show it */
export function summarizeInstance(instance: Instance, clock: Clock): InstanceSummary {
  const { name, startTime, stopTime, end } = instance.facts;
  return {
    id: instance.id,
    training: instance.training,
    ...(name === undefined ? {} : { name }),
    state: stateOf(instance, clock),
    ...paramsAnswer(instance.facts),
    ...(startTime === undefined ? {} : { startTime }),
    ...(stopTime === undefined ? {} : { stopTime }),
    heartbeatTime: new Date(instance.heartbeatMs).toISOString(),
    ...(end === undefined ? {} : { end }),
    series: [...instance.series.values()].filter((series) => series.totals.count > 0).map(summarize),
  };
}

/** @returns everything about an instance */
export function describeInstance(instance: Instance, clock: Clock): InstanceDetail {
  return {
    ...instance.facts,
    ...summarizeInstance(instance, clock),
    logBytes: logBytes(instance),
    events: instance.events,
    drops: sumDrops(instance),
    ...(instance.stopRequested === undefined ? {} : { stopRequested: instance.stopRequested }),
    ...(instance.damage.length === 0 ? {} : { damage: instance.damage }),
  };
}

/** @returns all trainings by name */
export function listTrainings(store: Store, clock: Clock): TrainingSummary[] {
  const trainings = new Map<string, TrainingSummary>();
  for (const instance of store.instances.values()) {
    const summary = trainings.get(instance.training) ?? { name: instance.training, instances: 0, running: 0 };
    summary.instances++;
    if (stateOf(instance, clock) === "running") summary.running++;
    const { startTime } = instance.facts;
    if (startTime !== undefined && !(Date.parse(startTime) <= Date.parse(summary.lastStartTime ?? ""))) summary.lastStartTime = startTime;
    trainings.set(instance.training, summary);
  }
  return [...trainings.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
