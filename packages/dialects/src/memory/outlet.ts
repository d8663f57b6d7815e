import type { InstanceFacts } from "ava-protocol";
import type { RunFile, RunKey, RunRecord } from "../ports.js";
import type { AppendEntry, MemoryEntry } from "./memory-entry.js";

/** A record as it leaves a memory: changed params have become the whole params, and what is passed over is told by itself. */
export type OutletRecord = Exclude<RunRecord, { kind: "params" | "passedOver" }>;

/** Where what passed through an intake is written. */
export interface Outlet {
  /** Makes the instance of a run, or joins it. @returns its id; what was known of it before is the outlet's */
  open(key: RunKey, facts: InstanceFacts): { id: string; isNew: boolean };
  /** Told of what a memory must know again, before it is done. @param entry - to be kept in order */
  note?(entry: MemoryEntry): Promise<void>;
  /**
   * Keeps all of the records and what a memory must know again of them, or nothing. It may wait for room: a memory writes nothing else of the run meanwhile.
   *
   * @param id - of the instance
   * @param records - in their order; there may be none
   * @param entry - what tells them when they come again
   * @throws RefusedError `unavailable`: they are to come again
   */
  write(id: string, records: readonly OutletRecord[], entry: AppendEntry): Promise<void>;
  putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;
  stage(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  putStaged(id: string, path: string, staged: string): Promise<boolean>;
  removeFiles(id: string, path: string): Promise<void>;
  files(id: string, folder: string): Promise<RunFile[]>;
  readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Told of what is understood and not kept. */
  passOver(id: string, kind: string, count: number): void;
}
