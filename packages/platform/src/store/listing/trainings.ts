import type { TrainingSummary } from "ava-protocol";
import { type InstanceHead, stateOf } from "../contract/instance.js";
import type { KeptText, Training } from "../contract/training.js";

/**
 * @param heads - all instances
 * @param lostBeforeMs - as of `ListQuery`
 * @returns their trainings by name
 */
export function sumTrainings(heads: Iterable<InstanceHead>, lostBeforeMs: number): TrainingSummary[] {
  const trainings = new Map<string, TrainingSummary>();
  for (const head of heads) {
    const summary = trainings.get(head.training) ?? { name: head.training, instances: 0, running: 0 };
    summary.instances++;
    if (stateOf(head, lostBeforeMs) === "running") summary.running++;
    const { startTime } = head.facts;
    if (startTime !== undefined && !(Date.parse(startTime) <= Date.parse(summary.lastStartTime ?? ""))) summary.lastStartTime = startTime;
    trainings.set(head.training, summary);
  }
  return [...trainings.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns trainings of both, by name */
export function addTrainings(some: readonly TrainingSummary[], others: readonly TrainingSummary[]): TrainingSummary[] {
  const sums = new Map<string, TrainingSummary>(some.map((one) => [one.name, one]));
  for (const { name, instances, running, lastStartTime } of others) {
    const sum = sums.get(name) ?? { name, instances: 0, running: 0 };
    const isLater = lastStartTime !== undefined && !(Date.parse(lastStartTime) <= Date.parse(sum.lastStartTime ?? ""));
    const last = isLater ? lastStartTime : sum.lastStartTime;
    sums.set(name, {
      name,
      instances: sum.instances + instances,
      running: sum.running + running,
      ...(last === undefined ? {} : { lastStartTime: last }),
    });
  }
  return [...sums.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * @param counted - trainings that have instances
 * @param told - what was told of trainings that are not deleted
 * @returns trainings of both, by name
 */
export function nameTrainings(counted: readonly TrainingSummary[], told: readonly Training[]): TrainingSummary[] {
  const sums = new Map<string, TrainingSummary>(counted.map((one) => [one.name, one]));
  for (const { name, displayName, newestRevision } of told) {
    sums.set(name, {
      ...(sums.get(name) ?? { name, instances: 0, running: 0 }),
      ...(displayName === undefined ? {} : { displayName }),
      ...(newestRevision === 0 ? {} : { paramsRevision: newestRevision }),
    });
  }
  return [...sums.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * @param told - what was told of trainings that are not deleted
 * @param dialect - of clients
 * @returns what they keep with them, by training
 */
export function keptTexts(told: readonly Training[], dialect: string): KeptText[] {
  const texts = told.flatMap(({ name, kept = {} }) =>
    Object.entries(kept).flatMap(([key, text]) =>
      key.startsWith(`${dialect} `) ? [{ training: name, key: key.slice(dialect.length + 1), text }] : [],
    ),
  );
  return texts.sort((a, b) => (a.training < b.training ? -1 : 1));
}
