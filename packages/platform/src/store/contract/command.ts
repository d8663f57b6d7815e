import type { DropCounts, InstanceFacts } from "ava-protocol";
import type { RefusedPoints } from "../../intake/ava/points.js";

/** A model as it was registered: the old client's spec with at least a name; other fields are kept as they are. */
export type ModelSpec = Record<string, unknown> & { name: string };

/** @returns id of the instance that made a model, where its registration names one */
export function instanceIdOf(spec: ModelSpec): string | undefined {
  const id = (spec["trainingRef"] as { instanceID?: unknown } | null | undefined)?.instanceID;
  return typeof id === "string" ? id : undefined;
}

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
  | { kind: "facts"; instance: string; atMs: number; facts: InstanceFacts }
  | { kind: "stop"; instance: string; atMs: number; reason: string }
  | { kind: "model"; atMs: number; spec: ModelSpec }
  | { kind: "evaluation"; atMs: number; name: string; result: Record<string, unknown> };
