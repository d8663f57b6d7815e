import { isDeepStrictEqual } from "node:util";
import { DEFAULT_TRAINING, type InstanceFacts, pickFacts, whyTooDeep } from "ava-protocol";
import { readLinePoints } from "../../intake/ava/points.js";
import { readBatchHeader } from "../../intake/records/header.js";
import { instanceIdOf, type Model, type ModelSpec } from "../contract/model.js";
import type { GrowingSeries } from "../levels/series.js";
import { splitTimeNs } from "../levels/totals.js";
import { applyAdoption } from "./adopt.js";
import { applyBatch } from "./apply-records.js";
import type { Command } from "./command.js";
import { addDrops } from "./drops.js";
import { type Instance, mergeFacts, writerOf } from "./instance.js";
import { applyReparse, undoReparse } from "./reparse.js";
import { rememberBody } from "./repeats.js";
import type { Applied, Target } from "./target.js";
import { applyTraining, restoreTraining } from "./training.js";

/**
 * Brings an accepted request into memory; the same for one that has come and one that is read back from the log.
 *
 * @param body - bytes of the request, checked before
 * @returns what changed in an instance
 * @throws Error where the command or its body cannot be applied: what is read back is damaged
 */
export function applyCommand(target: Target, command: Command, body: Uint8Array): Applied | undefined {
  switch (command.kind) {
    case "records":
      return applyRecords(target, command, body);
    case "lines":
      return applyLines(target, command, body);
    case "facts": {
      const { instance, silenceMs } = reached(target, command);
      // A log of an older platform can hold facts that this one does not take.
      const { facts, refused } = pickFacts({ ...command.facts });
      mergeFacts(instance, facts, { atMs: command.atMs });
      return { ...factsChange(instance, silenceMs), ...(refused[0] === undefined ? {} : { leftOut: refused[0] }) };
    }
    case "stop": {
      const instance = target.find(command.instance);
      if (instance === undefined) return undefined;
      target.willChange(instance);
      instance.stopRequested = { reason: command.reason, time: new Date(command.atMs).toISOString() };
      return factsChange(instance);
    }
    case "delete":
    case "restore": {
      const instance = target.find(command.instance);
      if (instance === undefined) return undefined;
      target.willChange(instance);
      instance.deletedMs = command.kind === "delete" ? command.atMs : undefined;
      if (command.kind === "restore") restoreTraining(target, instance.training);
      return factsChange(instance);
    }
    case "training":
    case "params":
    case "delete-training":
      applyTraining(target, command);
      return undefined;
    case "reparse":
    case "undoReparse": {
      const instance = target.find(command.instance);
      if (instance === undefined) return undefined;
      return command.kind === "reparse" ? applyReparse(target, instance, command, body) : undoReparse(target, instance, command.n);
    }
    case "adopt":
    case "adoptPoints":
    case "adoptLog":
      return applyAdoption(target, command, body);
    case "model":
      return applyModel(target, command);
    case "evaluation": {
      refuseDepth(command.result);
      target.putEvaluation({ name: command.name, createdMs: command.atMs, result: command.result });
      return undefined;
    }
    case "view": {
      const { name, atMs: changedMs, view } = command;
      refuseDepth(view);
      target.putView(view === undefined ? { name, changedMs } : { name, changedMs, view });
      return undefined;
    }
    default:
      throw new Error(`"${String((command as { kind?: unknown }).kind)}" is not a command that this platform knows`);
  }
}

function applyRecords(target: Target, command: Extract<Command, { kind: "records" }>, body: Uint8Array): Applied {
  const { instance: id, atMs, passed } = command;
  const { header, recordsAt } = readBatchHeader(body);
  const isNew = target.find(id) === undefined;
  const { instance, silenceMs } = heard(target, id, header.training, atMs);
  const writer = writerOf(instance, header.writer);
  const change = { ...applyBatch(instance, writer, header, body, recordsAt, atMs, target.seriesOf), silenceMs };
  if (passed === undefined) return isNew ? { ...change, hasFacts: true } : change;
  writer.ack = Math.max(writer.ack, passed.lastSeq);
  if (passed.drops !== undefined) instance.refused = addDrops(instance.refused, passed.drops);
  return { ...change, hasFacts: true };
}

function applyLines(target: Target, command: Extract<Command, { kind: "lines" }>, body: Uint8Array): Applied {
  const { instance: id, atMs, refused } = command;
  const isNew = target.find(id) === undefined;
  const { instance, silenceMs } = heard(target, id, DEFAULT_TRAINING, atMs);
  const lines = readLinePoints(body, atMs);
  const places = new Set(refused?.places);
  const points = lines.points.filter((_, place) => !places.has(place));
  const touched = new Set<GrowingSeries>();
  for (const point of points) {
    const series = target.seriesOf(instance, point.name, point.labels);
    const { hi, lo } = splitTimeNs(point.timeNs);
    series.append(point.step ?? series.totals.count, point.epoch, hi, lo, point.value);
    touched.add(series);
  }
  rememberBody(instance, body, atMs);
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
  return { instance, hasFacts: isNew || rejected > 0, series: touched, hasLog: false, points: points.length, silenceMs };
}

function applyModel(target: Target, command: Extract<Command, { kind: "model" }>): Applied | undefined {
  const { spec } = command;
  refuseDepth(spec);
  const versions = target.versionsOf(spec.name);
  const wanted = command.version ?? (typeof spec["version"] === "string" ? spec["version"] : undefined);
  if (wanted === undefined && isSentAgain(spec, versions)) return undefined;
  const version = wanted ?? freeVersion(versions);
  target.putModel({ name: spec.name, version, createdMs: command.atMs, spec });
  const instance = target.find(instanceIdOf(spec) ?? "");
  return instance === undefined ? undefined : factsChange(instance);
}

/** Versions are counted; those of which some cannot be read are not put in the place of another. */
function freeVersion(versions: readonly Model[]): string {
  const taken = new Set(versions.map(({ version }) => version));
  let number = versions.length + 1;
  while (taken.has(String(number))) number++;
  return String(number);
}

/**
 * @param versions - of the model, after it was registered; others may have come since
 * @returns the version that a spec became
 */
export function registeredAs(spec: ModelSpec, versions: readonly Model[]): Model {
  return versions.findLast((model) => isDeepStrictEqual(model.spec, spec)) ?? versions.at(-1)!;
}

/**
 * A client that missed the answer sends a spec again: right away, or, of a file with a key of its own, also when others have registered newer versions
 * meanwhile.
 */
function isSentAgain(spec: ModelSpec, versions: readonly Model[]): boolean {
  const candidates = typeof spec["key"] === "string" ? versions : versions.slice(-1);
  return candidates.some((model) => isDeepStrictEqual(model.spec, spec));
}

/** A sign of life that brings nothing new. @returns the change */
export function hear(instance: Instance, atMs: number): Applied {
  const silenceMs = Math.max(0, atMs - instance.heartbeatMs);
  instance.heartbeatMs += silenceMs;
  return { instance, hasFacts: false, series: new Set(), hasLog: false, points: 0, silenceMs };
}

/** Facts that people tell of a run. */
const REMARKS: ReadonlySet<string> = new Set(["name", "tags", "note"] satisfies (keyof InstanceFacts)[]);

/** Finds the instance of facts, or makes it. A remark of a person is not a sign of life: a run that is lost stays lost. */
function reached(
  target: Target,
  { instance: id, facts, atMs }: Extract<Command, { kind: "facts" }>,
): Pick<Applied, "instance" | "silenceMs"> {
  const training = facts.training ?? DEFAULT_TRAINING;
  const known = target.find(id);
  // A driver names the training with all facts.
  const names = Object.keys(facts).filter((name) => name !== "training" || training !== known?.training);
  if (known === undefined || names.length === 0 || !names.every((name) => REMARKS.has(name))) return heard(target, id, training, atMs);
  target.willChange(known);
  return { instance: known, silenceMs: 0 };
}

function heard(target: Target, id: string, training: string, atMs: number): Pick<Applied, "instance" | "silenceMs"> {
  const instance = target.instanceOf(id, training, atMs);
  target.willChange(instance);
  const silenceMs = Math.max(0, atMs - instance.heartbeatMs);
  instance.heartbeatMs += silenceMs;
  return { instance, silenceMs };
}

function factsChange(instance: Instance, silenceMs = 0): Applied {
  return { instance, hasFacts: true, series: new Set(), hasLog: false, points: 0, silenceMs };
}

/** What is nested too deep cannot be written again, neither into the database nor to a client. @throws Error */
function refuseDepth(value: unknown): void {
  const why = whyTooDeep(value);
  if (why !== undefined) throw new Error(why);
}
