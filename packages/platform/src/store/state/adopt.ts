import type { InstanceEvent, Labels } from "ava-protocol";
import type { ModelSpec } from "../contract/model.js";
import type { RawRows } from "../contract/points.js";
import type { Store } from "../contract/store.js";
import { decodeChunk, encodeChunk, TIME_BASE_NS } from "../levels/chunk.js";
import { columnAt } from "../levels/column.js";
import { CHUNK_HEAD_BYTES, decodeHead, encodeHead } from "../levels/head.js";
import { type Instance, logBytes, type Writer, writerOf } from "./instance.js";
import type { Part } from "./life.js";
import type { Applied, Target } from "./target.js";

/** Everything of an instance but its points and the text of its log, as another store takes it over. */
export type AdoptedState = Pick<
  Instance,
  "training" | "facts" | "createdMs" | "heartbeatMs" | "stopRequested" | "refused" | "recentBodies" | "reparses"
> & {
  life: [writer: string, Part][];
  streamLabels: [stream: number, Labels][];
  writers: Omit<Writer, "isDirty">[];
  events: InstanceEvent[];
};

/** What an instance takes over from another store. Points and log go on where they end: what begins elsewhere is refused. */
export type Adoption =
  | { kind: "adopt"; instance: string; atMs: number; state: AdoptedState }
  /** The body is a chunk, its head before it. */
  | { kind: "adoptPoints"; instance: string; atMs: number; name: string; labels: Labels; at: number }
  /** The body is the text of the records; their times are in nanoseconds, as texts. */
  | { kind: "adoptLog"; instance: string; atMs: number; at: number; records: [timeNs: string, stream: number, bytes: number][] };

/** Params of a training, or a version of a model, under the number that they have. */
export type Numbered =
  | { kind: "params"; training: string; atMs: number; revision: number; paramsText: string; note?: string }
  /** Without a version it gets the next one. */
  | { kind: "model"; atMs: number; spec: ModelSpec; version?: string };

/** A store that can be copied to another, beside what commands and questions do. */
export interface CopiedStore extends Store {
  /** @returns an instance but for points and log. @throws PlatformError `not_found`, `deleted`, `store_damaged` */
  adoptedState(instance: string): Promise<AdoptedState>;
  /** Takes something over from another store. */
  adopt(adoption: Adoption | Numbered, body: Uint8Array): Promise<void>;
}

/** @returns an instance as another store takes it over */
export function adoptedStateOf(instance: Instance): AdoptedState {
  const { training, facts, createdMs, heartbeatMs, stopRequested, refused, recentBodies, reparses, life, streamLabels, writers, events } =
    instance;
  return {
    training,
    facts,
    createdMs,
    heartbeatMs,
    stopRequested,
    refused,
    recentBodies,
    reparses,
    life: [...life].map(([writer, part]) => [writer, { ...part }]),
    streamLabels: [...streamLabels],
    writers: [...writers.values()].map(({ id, ack, drops }) => ({ id, ack, drops })),
    events: [...events],
  };
}

/** @returns the body of points that are adopted */
export function adoptedPoints(rows: RawRows): Uint8Array {
  const { head, body } = encodeChunk(rows);
  return Buffer.concat([encodeHead(head), body]);
}

/** Brings what is taken over into memory. @throws Error where it does not go on where the instance ends */
export function applyAdoption(target: Target, command: Adoption, body: Uint8Array): Applied {
  if (command.kind === "adopt") return adoptState(target, command);
  const instance = target.find(command.instance);
  if (instance === undefined) throw new Error(`There is no instance ${command.instance} to go on with.`);
  target.willChange(instance);
  const change = { instance, hasFacts: false, series: new Set<never>(), hasLog: false, points: 0, silenceMs: 0 };
  if (command.kind === "adoptLog") {
    if (logBytes(instance) !== command.at) throw new Error(`The log of ${instance.id} does not end at ${command.at}.`);
    let start = 0;
    for (const [timeNs, stream, bytes] of command.records) {
      instance.log.waiting.push({ timeNs: BigInt(timeNs), stream, bytes: Uint8Array.from(body.subarray(start, start + bytes)) });
      start += bytes;
    }
    instance.log.waitingBytes += start;
    return { ...change, hasLog: true };
  }
  const series = target.seriesOf(instance, command.name, command.labels);
  if (series.totals.count !== command.at) throw new Error(`Series ${command.name} of ${instance.id} does not end at ${command.at}.`);
  const head = decodeHead(body.subarray(0, CHUNK_HEAD_BYTES));
  // Its columns are views of numbers: they begin where one may begin.
  const { step, time, epoch, value } = decodeChunk(Uint8Array.from(body.subarray(CHUNK_HEAD_BYTES)), head);
  for (let row = 0; row < head.count; row++) {
    const offsetNs = columnAt(time, row);
    const hi = Math.floor(offsetNs / TIME_BASE_NS);
    series.append(columnAt(step, row), columnAt(epoch, row), head.timeBaseHi + hi, offsetNs - hi * TIME_BASE_NS, columnAt(value, row));
  }
  return { ...change, series: new Set([series]), points: head.count };
}

function adoptState(target: Target, { instance: id, state }: Extract<Adoption, { kind: "adopt" }>): Applied {
  const { training, facts, createdMs, heartbeatMs, stopRequested, refused, recentBodies, reparses, life, streamLabels, writers, events } =
    state;
  const instance = target.instanceOf(id, training, createdMs);
  target.willChange(instance);
  Object.assign(instance, { training, facts, createdMs, heartbeatMs, stopRequested, refused, recentBodies, reparses });
  instance.life = new Map(life);
  instance.streamLabels = new Map(streamLabels);
  for (const writer of writers) Object.assign(writerOf(instance, writer.id), { ...writer, drops: writer.drops, isDirty: true });
  instance.events.push(...events.slice(instance.events.length));
  return { instance, hasFacts: true, series: new Set(), hasLog: false, points: 0, silenceMs: 0 };
}
