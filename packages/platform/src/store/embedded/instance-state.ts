import type { InstanceEvent, Labels } from "ava-protocol";
import type { Series } from "../held/series.js";
import { type Instance, type LogRecord, logBytes, type Writer } from "../state/instance.js";
import type { Part } from "../state/life.js";

/** An instance whose series know what of them is stored. */
export interface StoredInstance extends Instance {
  series: Map<string, Series>;
  /** Its row is in the database. */
  isStored: boolean;
}

/** Facts of an instance as the table `instances` has them. */
export type StoredFacts = Pick<
  Instance,
  "training" | "facts" | "createdMs" | "heartbeatMs" | "stopRequested" | "deletedMs" | "refused" | "recentBodies" | "storedEvents"
> & {
  /** Absent where there are none. */
  streamLabels?: [stream: number, Labels][];
  /** Absent where there are none. */
  reparses?: Instance["reparses"];
  logBytes: number;
  /** Absent where an older version wrote it. */
  life?: [writer: string, Part][];
  /** How many rows of other tables belong to it; absent where an older version wrote it. */
  writers?: number;
  series?: number;
};

/** What a checkpoint stores of an instance, but for its series: what is new, and nothing that changes any more. */
export interface InstanceState {
  facts: StoredFacts;
  writers: Writer[];
  /** Those that are not stored yet. */
  events: InstanceEvent[];
  storedLogBytes: number;
  log: LogRecord[];
}

/** @returns an instance as it is now. Its writers count as stored */
export function stateOf(instance: Instance): InstanceState {
  const { training, facts, life, createdMs, heartbeatMs, stopRequested, deletedMs, refused, recentBodies, events, storedEvents, log } =
    instance;
  const { reparses, streamLabels } = instance;
  let series = 0;
  // One that was defined and got no point is not stored.
  for (const { totals } of instance.series.values()) if (totals.count > 0) series++;
  const writers = [...instance.writers.values()].filter((writer) => writer.isDirty).map((writer) => ({ ...writer }));
  for (const writer of instance.writers.values()) writer.isDirty = false;
  return {
    facts: {
      training,
      facts,
      life: [...life].map(([writer, part]) => [writer, { ...part }]),
      createdMs,
      heartbeatMs,
      stopRequested,
      ...(deletedMs === undefined ? {} : { deletedMs }),
      refused,
      recentBodies,
      ...(streamLabels.size === 0 ? {} : { streamLabels: [...streamLabels] }),
      ...(reparses.length === 0 ? {} : { reparses }),
      storedEvents: events.length,
      logBytes: logBytes(instance),
      writers: instance.writers.size,
      series,
    },
    writers,
    events: events.slice(storedEvents),
    storedLogBytes: log.storedBytes,
    log: [...log.waiting],
  };
}

/** Called when a checkpoint has been written. @param state - what it stored of the instance */
export function markInstanceStored(instance: Instance, { facts, log }: InstanceState): void {
  instance.storedEvents = facts.storedEvents;
  const storedBytes = facts.logBytes;
  instance.log = { storedBytes, waiting: instance.log.waiting.slice(log.length), waitingBytes: logBytes(instance) - storedBytes };
}

/** Called when a checkpoint could not be written. @param state - what it was to store of the instance */
export function markInstanceUnstored(instance: Instance, { writers }: InstanceState): void {
  for (const { id } of writers) {
    const writer = instance.writers.get(id);
    if (writer !== undefined) writer.isDirty = true;
  }
}
