import type { DropCounts, InstanceFacts } from "ava-protocol";
import type { RefusedPoints } from "../../intake/ava/points.js";
import type { ReparseHead } from "../contract/reparse.js";
import type { KeptTrainingFacts } from "../contract/training.js";
import type { Adoption, Numbered } from "./adopt.js";

/** Records that were left out of a body before it was logged. */
export interface PassedRecords {
  /** What is acknowledged all the same. */
  lastSeq: number;
  /** What of it is lost; absent when the records were known. */
  drops?: DropCounts;
}

/**
 * An accepted request as the append log keeps it: the JSON head of a frame, with the request's bytes behind it where it has any. Applying the
 * same commands in the same order gives the same store, so everything that depends on the clock is in `atMs`.
 */
export type Command =
  | { kind: "records"; instance: string; atMs: number; passed?: PassedRecords }
  | { kind: "lines"; instance: string; atMs: number; refused?: RefusedPoints }
  | Adoption
  | { kind: "facts"; instance: string; atMs: number; facts: InstanceFacts }
  | { kind: "stop"; instance: string; atMs: number; reason: string }
  | { kind: "delete" | "restore"; instance: string; atMs: number }
  | { kind: "training"; training: string; atMs: number; facts: KeptTrainingFacts }
  | { kind: "delete-training"; training: string; atMs: number }
  | { kind: "reparse"; instance: string; atMs: number; head: ReparseHead; isDone: boolean }
  | { kind: "undoReparse"; instance: string; atMs: number; n: number }
  | Numbered
  | { kind: "evaluation"; atMs: number; name: string; result: Record<string, unknown> }
  /** Without a view the one of that name is deleted. */
  | { kind: "view"; atMs: number; name: string; view?: Record<string, unknown> };
