import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type LinePoints, readLinePoints } from "../intake/ava/points.js";
import { applyBatch } from "../intake/records/apply.js";
import { readBatchHeader } from "../intake/records/check.js";
import type { Change } from "./change.js";
import { type Command, instanceIdOf } from "./command.js";
import { type Instance, mergeFacts, writerOf } from "./instance/instance.js";
import type { Memory } from "./memory.js";
import type { Series } from "./series/series.js";
import { splitTimeNs } from "./series/totals.js";

/** Training of an instance that only metrics of the old client have told of. */
export const DEFAULT_TRAINING = "default";

/** Writer that stands for the old client, so that its lost lines are counted like anybody's. */
const LINE_WRITER = "line-protocol";

/** Bodies whose sums are remembered, to know one that is sent again: the old client gives up after seconds. */
const RECENT_BODIES = 32;

/**
 * Brings an accepted request into memory; the same for one that has come and one that is read back from the log.
 *
 * @param body - bytes of the request, checked before
 * @returns what changed in an instance
 */
export function applyCommand(memory: Memory, command: Command, body: Uint8Array): Change | undefined {
  switch (command.kind) {
    case "records":
      return applyRecords(memory, command.instance, command.atMs, body);
    case "lines":
      return applyLines(memory, command.instance, command.atMs, body);
    case "facts": {
      const instance = heard(memory, command.instance, command.facts.training ?? DEFAULT_TRAINING, command.atMs);
      mergeFacts(instance, command.facts, { atMs: command.atMs });
      return factsChange(instance);
    }
    case "stop": {
      const instance = memory.instances.get(command.instance);
      if (instance === undefined) return undefined;
      memory.willChange(instance);
      instance.stopRequested = { reason: command.reason, time: new Date(command.atMs).toISOString() };
      instance.isDirty = true;
      return factsChange(instance);
    }
    case "model":
      return applyModel(memory, command);
    case "evaluation": {
      memory.putEvaluation({ name: command.name, createdMs: command.atMs, result: command.result });
      return undefined;
    }
  }
}

function applyRecords(memory: Memory, id: string, atMs: number, body: Uint8Array): Change {
  const { header, recordsAt } = readBatchHeader(body);
  const isNew = !memory.instances.has(id);
  const instance = heard(memory, id, header.training, atMs);
  const change = applyBatch(instance, writerOf(instance, header.writer), header, body, recordsAt, atMs, memory.seriesOf);
  return isNew ? { ...change, hasFacts: true } : change;
}

/** @returns a sum that is equal for equal bodies */
export function bodySum(body: Uint8Array): string {
  return createHash("sha1").update(body).digest("base64").slice(0, 16);
}

function applyLines(memory: Memory, id: string, atMs: number, body: Uint8Array): Change {
  const isNew = !memory.instances.has(id);
  const instance = heard(memory, id, DEFAULT_TRAINING, atMs);
  const lines = readLinePoints(body, atMs);
  const touched = new Set<Series>();
  for (const point of lines.points) {
    const series = memory.seriesOf(instance, point.name, point.labels);
    const { hi, lo } = splitTimeNs(point.timeNs);
    series.append(point.step ?? series.totals.count, point.epoch, hi, lo, point.value);
    touched.add(series);
  }
  instance.recentBodies = [...instance.recentBodies, bodySum(body)].slice(-RECENT_BODIES);
  instance.isDirty = true;
  if (lines.rejected > 0) countRejected(instance, lines);
  return { instance, hasFacts: isNew || lines.rejected > 0, series: touched, hasLog: false, points: lines.points.length };
}

function countRejected(instance: Instance, lines: LinePoints): void {
  const writer = writerOf(instance, LINE_WRITER);
  const points = (writer.drops?.points ?? 0) + lines.rejected;
  writer.drops = { points, logBytes: 0, events: 0, reason: lines.reason ?? "" };
  writer.isDirty = true;
}

function applyModel(memory: Memory, command: Extract<Command, { kind: "model" }>): Change | undefined {
  const { spec } = command;
  const versions = memory.models.get(spec.name) ?? [];
  const wanted = typeof spec["version"] === "string" ? spec["version"] : undefined;
  const newest = versions.at(-1);
  // The old client sends a spec again when it missed the answer.
  if (wanted === undefined && newest !== undefined && isDeepStrictEqual(newest.spec, spec)) return undefined;
  const version = wanted ?? String(versions.length + 1);
  memory.putModel({ name: spec.name, version, createdMs: command.atMs, spec });
  const instance = memory.instances.get(instanceIdOf(spec) ?? "");
  return instance === undefined ? undefined : factsChange(instance);
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
