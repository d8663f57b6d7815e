import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { DEFAULT_TRAINING, pickFacts, whyTooDeep } from "ava-protocol";
import { readLinePoints } from "../../intake/ava/points.js";
import { readBatchHeader } from "../../intake/records/header.js";
import type { Change } from "../contract/change.js";
import { type Command, instanceIdOf, type ModelSpec } from "../contract/command.js";
import { splitTimeNs } from "../levels/totals.js";
import { applyBatch } from "./apply-records.js";
import { addDrops } from "./instance/drops.js";
import { type Instance, mergeFacts, writerOf } from "./instance/instance.js";
import type { Memory, Model } from "./memory.js";
import type { Series } from "./series/series.js";

/** Bodies whose sums are remembered at most. */
const RECENT_BODIES = 256;

/** A body that comes again this soon is the same report: the old client tries three times within a second and a half, and its times are whole seconds. */
const REPEATED_WITHIN_MS = 2000;

/**
 * Brings an accepted request into memory; the same for one that has come and one that is read back from the log.
 *
 * @param body - bytes of the request, checked before
 * @returns what changed in an instance
 */
export function applyCommand(memory: Memory, command: Command, body: Uint8Array): Change | undefined {
  switch (command.kind) {
    case "records":
      return applyRecords(memory, command, body);
    case "lines":
      return applyLines(memory, command, body);
    case "facts": {
      const instance = heard(memory, command.instance, command.facts.training ?? DEFAULT_TRAINING, command.atMs);
      // A log of an older platform can hold facts that this one does not take.
      const { facts, refused } = pickFacts({ ...command.facts });
      mergeFacts(instance, facts, { atMs: command.atMs });
      return { ...factsChange(instance), ...(refused[0] === undefined ? {} : { leftOut: refused[0] }) };
    }
    case "stop": {
      const instance = memory.instances.get(command.instance);
      if (instance === undefined) return undefined;
      memory.willChange(instance);
      instance.stopRequested = { reason: command.reason, time: new Date(command.atMs).toISOString() };
      return factsChange(instance);
    }
    case "model":
      return applyModel(memory, command);
    case "evaluation": {
      refuseDepth(command.result);
      memory.putEvaluation({ name: command.name, createdMs: command.atMs, result: command.result });
      return undefined;
    }
  }
}

function applyRecords(memory: Memory, command: Extract<Command, { kind: "records" }>, body: Uint8Array): Change {
  const { instance: id, atMs, passed } = command;
  const { header, recordsAt } = readBatchHeader(body);
  const isNew = !memory.instances.has(id);
  const instance = heard(memory, id, header.training, atMs);
  const writer = writerOf(instance, header.writer);
  const change = applyBatch(instance, writer, header, body, recordsAt, atMs, memory.seriesOf);
  if (passed === undefined) return isNew ? { ...change, hasFacts: true } : change;
  writer.ack = Math.max(writer.ack, passed.lastSeq);
  if (passed.drops !== undefined) instance.refused = addDrops(instance.refused, passed.drops);
  return { ...change, hasFacts: true };
}

/**
 * @param instance - an instance
 * @param body - line protocol
 * @returns whether it is one that came a moment ago
 */
export function isRepeated({ recentBodies }: Instance, body: Uint8Array, atMs: number): boolean {
  const sum = bodySum(body);
  return recentBodies.some((recent) => recent.sum === sum && atMs - recent.atMs < REPEATED_WITHIN_MS);
}

/** @returns a sum that is equal for equal bodies */
function bodySum(body: Uint8Array): string {
  return createHash("sha1").update(body).digest("base64").slice(0, 16);
}

function applyLines(memory: Memory, command: Extract<Command, { kind: "lines" }>, body: Uint8Array): Change {
  const { instance: id, atMs, refused } = command;
  const isNew = !memory.instances.has(id);
  const instance = heard(memory, id, DEFAULT_TRAINING, atMs);
  const lines = readLinePoints(body, atMs);
  const places = new Set(refused?.places);
  const points = lines.points.filter((_, place) => !places.has(place));
  const touched = new Set<Series>();
  for (const point of points) {
    const series = memory.seriesOf(instance, point.name, point.labels);
    const { hi, lo } = splitTimeNs(point.timeNs);
    series.append(point.step ?? series.totals.count, point.epoch, hi, lo, point.value);
    touched.add(series);
  }
  const recent = instance.recentBodies.filter((other) => atMs - other.atMs < REPEATED_WITHIN_MS);
  instance.recentBodies = [...recent, { sum: bodySum(body), atMs }].slice(-RECENT_BODIES);
  const rejected = lines.rejected + places.size;
  const reason = lines.reason ?? refused?.reason;
  if (rejected > 0) {
    instance.refused = addDrops(instance.refused, {
      points: rejected,
      logBytes: 0,
      events: 0,
      ...(reason === undefined ? {} : { reason }),
    });
  }
  return { instance, hasFacts: isNew || rejected > 0, series: touched, hasLog: false, points: points.length };
}

function applyModel(memory: Memory, command: Extract<Command, { kind: "model" }>): Change | undefined {
  const { spec } = command;
  refuseDepth(spec);
  const versions = memory.models.get(spec.name) ?? [];
  const wanted = typeof spec["version"] === "string" ? spec["version"] : undefined;
  if (wanted === undefined && isSentAgain(spec, versions)) return undefined;
  const version = wanted ?? String(versions.length + 1);
  memory.putModel({ name: spec.name, version, createdMs: command.atMs, spec });
  const instance = memory.instances.get(instanceIdOf(spec) ?? "");
  return instance === undefined ? undefined : factsChange(instance);
}

/**
 * A client that missed the answer sends a spec again: right away, or, of a file with a key of its own, also when others have registered newer versions
 * meanwhile.
 */
function isSentAgain(spec: ModelSpec, versions: readonly Model[]): boolean {
  const candidates = typeof spec["key"] === "string" ? versions : versions.slice(-1);
  return candidates.some((model) => isDeepStrictEqual(model.spec, spec));
}

function heard(memory: Memory, id: string, training: string, atMs: number): Instance {
  const instance = memory.instanceOf(id, training, atMs);
  memory.willChange(instance);
  instance.heartbeatMs = Math.max(instance.heartbeatMs, atMs);
  return instance;
}

function factsChange(instance: Instance): Change {
  return { instance, hasFacts: true, series: new Set(), hasLog: false, points: 0 };
}

/** What is nested too deep cannot be written again, neither into the database nor to a client. @throws Error */
function refuseDepth(value: unknown): void {
  const why = whyTooDeep(value);
  if (why !== undefined) throw new Error(why);
}
