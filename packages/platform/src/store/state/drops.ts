import type { DropCounts } from "ava-protocol";
import type { Instance } from "./instance.js";

/**
 * @param counts - drops so far, if there are any
 * @param more - drops that come to them, with the reason that is shown from now on
 * @returns both together
 */
export function addDrops(counts: DropCounts | undefined, more: DropCounts): DropCounts {
  const { points, logBytes, events, unknownRecords = 0, reason } = counts ?? { points: 0, logBytes: 0, events: 0 };
  const unknown = unknownRecords + (more.unknownRecords ?? 0);
  const last = more.reason ?? reason;
  return {
    points: points + more.points,
    logBytes: logBytes + more.logBytes,
    events: events + more.events,
    ...(unknown === 0 ? {} : { unknownRecords: unknown }),
    ...(last === undefined ? {} : { reason: last }),
  };
}

/**
 * @param instance - an instance
 * @returns what all its writers lost, and what the platform refused of theirs
 */
export function sumDrops(instance: Instance): DropCounts {
  const all = [...instance.writers.values()].map(({ drops }) => drops);
  return [...all, instance.refused].reduce<DropCounts>((sum, drops) => (drops === undefined ? sum : addDrops(sum, drops)), {
    points: 0,
    logBytes: 0,
    events: 0,
  });
}
