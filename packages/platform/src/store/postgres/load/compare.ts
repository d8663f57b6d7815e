import { logBytes } from "../../state/instance.js";
import type { Applied } from "../../state/target.js";
import type { HeldInstance } from "../hold/held.js";

/** @returns what changed in an instance between two moments of which the commands between are no longer in the journal */
export function changeBetween(before: HeldInstance, now: HeldInstance): Applied {
  const grown = [...now.series].filter(([key, { totals }]) => totals.count > 0 && before.series.get(key)?.totals.count !== totals.count);
  return {
    instance: now,
    hasFacts: factsOf(before) !== factsOf(now),
    hasLog: logBytes(before) !== logBytes(now),
    series: new Set(grown.map(([, series]) => series)),
    points: 0,
    // The replica that ended the silence has told it.
    silenceMs: 0,
  };
}

function factsOf({ facts, training, stopRequested, deletedMs, refused, reparses, events, writers }: HeldInstance): string {
  const drops = [...writers.values()].map((writer) => writer.drops);
  return JSON.stringify([facts, training, stopRequested, deletedMs, refused, reparses, events.length, drops]);
}
