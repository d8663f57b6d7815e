import type { InstanceView, SeriesView } from "../contract/instance.js";
import type { ListedInstance } from "../contract/list.js";
import type { LogStretch } from "../contract/log.js";
import { viewOf } from "../levels/view.js";
import { sumDrops } from "./drops.js";
import { type Instance, logBytes, recordsOf } from "./instance.js";
import { viewOfReparses } from "./stored-reparse.js";

/** @returns what others see of an instance, as it is now */
export function viewOfInstance(instance: Instance): InstanceView {
  const { id, training, facts, heartbeatMs, events, stopRequested, damage } = instance;
  return {
    id,
    training,
    facts,
    heartbeatMs,
    events: [...events],
    drops: sumDrops(instance),
    logBytes: logBytes(instance),
    records: recordsOf(instance),
    streamLabels: instance.streamLabels,
    reparses: viewOfReparses(instance.reparses),
    ...(stopRequested === undefined ? {} : { stopRequested }),
    damage: [...damage],
  };
}

/**
 * @param names - of the series that are wanted; absent for all
 * @returns what others see of an instance's series that have points
 */
export function viewOfSeries({ series }: Instance, names?: readonly string[]): SeriesView[] {
  const views: SeriesView[] = [];
  for (const one of series.values()) if (one.totals.count > 0 && names?.includes(one.name) !== false) views.push(viewOf(one));
  return views;
}

/** @returns an instance as a list shows it */
export function listed(instance: Instance, seriesNames?: readonly string[]): ListedInstance {
  const { id, training, facts, heartbeatMs } = instance;
  return { id, training, facts, heartbeatMs, series: viewOfSeries(instance, seriesNames) };
}

/** Where to read a log: from an offset, or its end. */
export type LogRange = { start: number; bytes: number } | { lastBytes: number };

/** @returns where to read an instance's log, and what an answer says beside the bytes */
export function stretchOf(instance: Instance, range: LogRange): Omit<LogStretch, "bytes" | "damage" | "gaps"> & { end: number } {
  const size = logBytes(instance);
  const start = "start" in range ? Math.min(range.start, size) : Math.max(0, size - range.lastBytes);
  const end = "start" in range ? Math.min(size, start + range.bytes) : size;
  return { start, end, size, isOver: instance.facts.state !== "running" };
}
