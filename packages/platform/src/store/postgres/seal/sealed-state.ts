import { crc32 } from "node:zlib";
import type { DropCounts, InstanceEvent, Labels } from "ava-protocol";
import type { Instance } from "../../state/instance.js";
import type { Part } from "../../state/life.js";
import type { HeldInstance } from "../hold/held.js";

/** What is sealed of an instance, but for its series, events and log. */
type SealedFacts = Pick<
  Instance,
  "training" | "facts" | "createdMs" | "heartbeatMs" | "stopRequested" | "deletedMs" | "refused" | "recentBodies" | "reparses"
> &
  Pick<HeldInstance, "nextSeriesNo"> & {
    life: [writer: string, Part][];
    writers: [id: string, ack: number, drops: DropCounts | null][];
    streamLabels: [stream: number, Labels][];
    logBytes: number;
    /** How many rows of other tables belong to it. */
    series: number;
    events: number;
  };

/** @returns what is sealed of an instance as it is now. @param series - how many have points */
export function encodeState(held: HeldInstance, series: number): string {
  const { training, facts, createdMs, heartbeatMs, stopRequested, deletedMs, refused, recentBodies, reparses, nextSeriesNo } = held;
  const state: SealedFacts = {
    training,
    facts,
    createdMs,
    heartbeatMs,
    stopRequested,
    deletedMs,
    refused,
    recentBodies,
    reparses,
    nextSeriesNo,
    series,
    life: [...held.life],
    writers: [...held.writers.values()].map(({ id, ack, drops }) => [id, ack, drops ?? null]),
    streamLabels: [...held.streamLabels],
    logBytes: held.log.storedBytes + held.log.waitingBytes,
    events: held.events.length,
  };
  return JSON.stringify(state);
}

/** Puts what is sealed into an instance of which nothing is known. @returns how many rows of other tables belong to it */
export function decodeState(held: HeldInstance, text: string): { series: number; events: number } {
  const { life, writers, streamLabels, logBytes, series, events, ...facts } = JSON.parse(text) as SealedFacts;
  Object.assign(held, facts);
  held.life = new Map(life);
  for (const [id, ack, drops] of writers) held.writers.set(id, { id, ack, drops: drops ?? undefined, isDirty: false });
  held.streamLabels = new Map(streamLabels);
  held.log.storedBytes = logBytes;
  return { series, events };
}

/** Puts sealed events into an instance. */
export function decodeEvents(held: HeldInstance, first: number, text: string): void {
  const events = JSON.parse(text) as InstanceEvent[];
  if (held.events.length !== first) throw new Error("events are missing");
  held.events.push(...events);
  held.storedEvents = held.events.length;
}

/** @param values - of a row, its key among them @returns its checksum */
export function rowSum(...values: (string | number | Uint8Array)[]): number {
  let sum = 0;
  for (const value of values) {
    const bytes = typeof value === "object" ? value : Buffer.from(`${value}`);
    sum = crc32(bytes, crc32(`${bytes.length} `, sum));
  }
  return sum;
}
