import { LIMITS } from "ava-protocol";
import { damaged, PlatformError } from "../../error.js";
import type { NewParams, Revision, Training } from "../contract/training.js";
import type { Command } from "./command.js";
import type { KeptTraining, Target } from "./target.js";

type TrainingCommand = Extract<Command, { kind: "training" | "params" | "delete-training" }>;

/** Brings a command for a training into memory. */
export function applyTraining(target: Target, command: TrainingCommand): void {
  const { training: name, atMs } = command;
  const known = target.findTraining(name);
  if (command.kind === "delete-training") {
    if (known !== undefined) target.putTraining({ ...known, deletedMs: atMs });
    return;
  }
  const { deletedMs: _deletedMs, kept, ...told } = known ?? { name, createdMs: atMs, newestRevision: 0 };
  if (command.kind === "training") {
    const { kept: texts, ...facts } = command.facts;
    const all = withoutEmpty({ ...kept, ...texts });
    const hasTexts = Object.keys(all).length > 0;
    target.putTraining({ ...(withoutEmpty({ ...told, ...facts }) as typeof told), ...(hasTexts ? { kept: all } : {}) });
    return;
  }
  const { revision, paramsText, note } = command;
  target.putRevision({ training: name, revision, createdMs: atMs, paramsText, ...(note === undefined ? {} : { note }) });
  target.putTraining({ ...told, ...(kept === undefined ? {} : { kept }), newestRevision: revision });
}

/** An empty text or list removes what it stands for. */
function withoutEmpty<Facts extends object>(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => (value as { length?: number }).length !== 0)) as Facts;
}

/** Brings a training back of which an instance was restored. */
export function restoreTraining(target: Target, name: string): void {
  const { deletedMs, ...kept } = target.findTraining(name) ?? {};
  if (deletedMs !== undefined) target.putTraining(kept as Training);
}

/**
 * Checks new params against what is known of their training.
 *
 * @param newest - its newest revision
 * @returns the command, or the revision that has these params already
 * @throws PlatformError `conflict`, `limit_exceeded`
 */
export function planParams(
  training: string,
  known: KeptTraining | undefined,
  newest: Revision | undefined,
  params: NewParams,
  atMs: number,
): Extract<Command, { kind: "params" }> | Revision {
  const { paramsText, note, baseRevision } = params;
  const newestRevision = known?.newestRevision ?? 0;
  const isShown = known !== undefined && known.deletedMs === undefined;
  // The same put once more: its sender did not learn that it was kept.
  if (isShown && newest !== undefined && newest.revision - 1 === baseRevision && newest.paramsText === paramsText && newest.note === note)
    return newest;
  if (baseRevision !== undefined && baseRevision !== newestRevision) {
    const message = `The params of ${training} are at revision ${newestRevision} now, and these were made from revision ${baseRevision}. Read the newest and put yours again.`;
    throw new PlatformError("conflict", message);
  }
  if (isShown && newest?.paramsText === paramsText) return newest;
  if (newestRevision >= LIMITS.paramsRevisions) {
    const message = `${training} has ${newestRevision} revisions of params, the most that one may have (limit paramsRevisions). Begin a training of another name.`;
    throw new PlatformError("limit_exceeded", message);
  }
  return { kind: "params", training, atMs, revision: newestRevision + 1, paramsText, ...(note === undefined ? {} : { note }) };
}

/**
 * @param training - as a driver keeps it
 * @returns it as questions answer it
 * @throws PlatformError `deleted`
 */
export function shownTraining(training: KeptTraining | undefined): Training | undefined {
  if (training?.deletedMs === undefined) return training;
  const message = `The training ${training.name} is deleted. For seven days it comes back, with its params, when it is put again.`;
  throw new PlatformError("deleted", message);
}

/**
 * @param training - as a driver keeps it
 * @param revisions - of its params, the oldest first
 * @returns them as questions answer them
 * @throws PlatformError `deleted`, `store_damaged` when the newest cannot be read: an older one is never given in its place
 */
export function shownRevisions(training: KeptTraining | undefined, revisions: readonly Revision[] = []): Revision[] {
  const newest = shownTraining(training)?.newestRevision ?? 0;
  if (newest > (revisions.at(-1)?.revision ?? 0)) {
    throw damaged(`Revision ${newest} of the params of ${training?.name} cannot be read: the platform's store is damaged.`);
  }
  return [...revisions];
}
