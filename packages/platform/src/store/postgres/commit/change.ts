import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import { DEFAULT_TRAINING } from "ava-protocol";
import { notFound } from "../../../error.js";
import type { ReparseAnswer, ReparseHead } from "../../contract/reparse.js";
import type { LinesAnswer } from "../../contract/store.js";
import type { Adoption } from "../../state/adopt.js";
import type { Command } from "../../state/command.js";
import { refuseDeleted, refuseOld } from "../../state/deleted.js";
import { stopOf } from "../../state/instance.js";
import { planLines, planRecords, planReparse } from "../../state/plan.js";
import { checkReparse } from "../../state/reparse.js";
import type { HeldInstance } from "../hold/held.js";

/** What a change comes to, once the instance is known as it is now. */
export interface Planned<Answer> {
  /** Absent where there is nothing to change. */
  command?: Command | undefined;
  body?: Uint8Array;
  /** Of a body of records: what was acknowledged to its writer before. */
  ack?: number;
  /** A sign of life that brings nothing new. */
  isHeard?: boolean;
  /** @returns the answer, once it is kept */
  answer: (instance: HeldInstance | undefined) => Answer;
}

/** A request to change one instance. */
export interface Change<Answer> {
  instance: string;
  /** It makes the instance where there is none. */
  makes: boolean;
  /** It may bring the training back. */
  restores?: boolean;
  /** It reads points of the instance that are sealed. */
  readsPoints?: boolean;
  bytes: number;
  /** @throws PlatformError that refuses the change, and no other */
  plan(known: HeldInstance | undefined, atMs: number): Planned<Answer>;
}

/** @returns the change by journal records */
export function recordsChange(id: string, body: Uint8Array, seenRecords?: number): Change<RecordsAnswer> {
  return {
    instance: id,
    makes: true,
    bytes: body.length,
    plan(known, atMs) {
      const { command, body: taken, writer, expectedAck: ack, answer } = planRecords(id, known, body, atMs, seenRecords);
      return {
        command,
        body: taken,
        ack,
        isHeard: true,
        answer: (instance) => ({ ...answer, ...stopOf(instance, writer) }),
      };
    },
  };
}

/** @returns the change by line protocol */
export function linesChange(id: string, body: Uint8Array): Change<LinesAnswer> {
  return {
    instance: id,
    makes: true,
    bytes: body.length,
    plan(known, atMs) {
      const { command, body: taken, answer } = planLines(id, known, body, atMs);
      return { command, body: taken, answer: () => answer };
    },
  };
}

/** @returns the change by facts that a client puts */
export function factsChange(id: string, facts: InstanceFacts): Change<void> {
  return simple(id, { makes: true }, (known, atMs) => {
    refuseDeleted(known);
    const training = facts.training ?? known?.training ?? DEFAULT_TRAINING;
    return { kind: "facts", instance: id, atMs, facts: { ...facts, training } };
  });
}

/** @returns the change that asks a run to stop */
export function stopChange(id: string, reason: string): Change<void> {
  return simple(id, {}, (known, atMs) => {
    refuseHidden(id, known);
    return { kind: "stop", instance: id, atMs, reason };
  });
}

/** @returns the change that deletes an instance */
export function deleteChange(id: string): Change<void> {
  return simple(id, {}, (known, atMs) => {
    refuseHidden(id, known);
    return { kind: "delete", instance: id, atMs };
  });
}

/** @returns the change that brings a deleted instance back */
export function restoreChange(id: string): Change<void> {
  return simple(id, { restores: true }, (known, atMs) => {
    if (known === undefined) throw notFound(id);
    refuseOld(known, atMs);
    return known.deletedMs === undefined ? undefined : { kind: "restore", instance: id, atMs };
  });
}

/** @returns the change by points of a reparse */
export function reparseChange(id: string, head: ReparseHead, points: Uint8Array, isDone: boolean): Change<ReparseAnswer> {
  return {
    instance: id,
    makes: false,
    bytes: points.length,
    plan(known, atMs) {
      refuseHidden(id, known);
      const { command, body, answer } = planReparse(known!, head, points, isDone, atMs);
      return { command, body, answer: () => answer };
    },
  };
}

/** @returns the change that removes what a reparse added */
export function undoReparseChange(id: string, n: number, by?: string): Change<void> {
  return simple(id, { readsPoints: true }, (known, atMs) => {
    refuseHidden(id, known);
    checkReparse(known!, n, by);
    return { kind: "undoReparse", instance: id, atMs, n };
  });
}

/** @returns the change by what another store had */
export function adoptChange(adoption: Adoption, body: Uint8Array): Change<void> {
  const { instance } = adoption;
  const plan = (): Planned<void> => ({ command: adoption, body, answer: () => undefined });
  return { instance, makes: adoption.kind === "adopt", bytes: body.length, plan };
}

function simple(
  instance: string,
  { makes = false, ...others }: Partial<Pick<Change<void>, "makes" | "restores" | "readsPoints">>,
  commandOf: (known: HeldInstance | undefined, atMs: number) => Command | undefined,
): Change<void> {
  const plan = (known: HeldInstance | undefined, atMs: number): Planned<void> => ({
    command: commandOf(known, atMs),
    answer: () => undefined,
  });
  return { instance, makes, ...others, bytes: 0, plan };
}

function refuseHidden(id: string, known: HeldInstance | undefined): void {
  if (known === undefined) throw notFound(id);
  refuseDeleted(known);
}
