import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import type { LogMark } from "../embedded/database/log-marks.js";
import type { LogBytes } from "../embedded/database/log-text.js";
import type { Instance } from "../embedded/instance/instance.js";
import type { Evaluation, Model } from "../embedded/memory.js";
import type { Change } from "./change.js";
import type { ModelSpec } from "./command.js";

/** What `GET /metrics` tells of a store. */
export interface StoreFigures {
  instances: number;
  series: number;
  /** Points taken since the start. */
  pointsTaken: number;
  /** Requests taken since the start. */
  requestsTaken: number;
  checkpoints: number;
  /** Bytes of the append log that no checkpoint contains yet. */
  logBytes: number;
  /** Checkpoints that failed since the last good one: 0 when all is well. */
  failedCheckpoints: number;
  /** Places of the database that were found damaged. */
  damagedPlaces: number;
}

/** What was taken of a body of line protocol. */
export interface LinesAnswer {
  accepted: number;
  rejected: number;
}

/**
 * What keeps the records. Every promise of a change resolves when the change is kept as the sync policy says; a rejected one has changed nothing.
 * The embedded store is the only driver so far.
 */
export interface Store {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly models: ReadonlyMap<string, readonly Model[]>;
  readonly evaluations: ReadonlyMap<string, Evaluation>;

  /**
   * Takes journal records of one writer, each once; what can never be taken is counted as drops of the instance, and passed.
   *
   * @param body - bytes as docs/formats/journal.md describes them
   * @throws PlatformError `bad_records`, `seq_gap`, `store_full`
   */
  takeRecords(instance: string, body: Uint8Array): Promise<RecordsAnswer>;

  /**
   * Takes line protocol of the old client; bad lines are counted as drops of the instance.
   *
   * @throws PlatformError `bad_line_protocol` when no line is good, `store_full`
   */
  takeLines(instance: string, body: Uint8Array): Promise<LinesAnswer>;

  /** Creates an instance or changes its facts. @throws PlatformError `store_full` */
  putFacts(instance: string, facts: InstanceFacts): Promise<Instance>;

  /** Asks a run to stop. @throws PlatformError `not_found`, `store_full` */
  requestStop(instance: string, reason: string): Promise<void>;

  /** Registers a model. @throws PlatformError `store_full` */
  putModel(spec: ModelSpec): Promise<Model>;

  /** Keeps the result of an evaluation. @throws PlatformError `store_full` */
  putEvaluation(name: string, result: Record<string, unknown>): Promise<void>;

  /**
   * @param start - first byte
   * @param end - byte after the last; at most the log's size
   * @returns bytes of an instance's log
   */
  readLog(instance: Instance, start: number, end: number): LogBytes;

  /**
   * Finds the records of a stretch of an instance's log, each with its time: the line of a point, the times of lines that are parsed again.
   *
   * @param start - first byte
   * @param end - byte after the last
   * @returns them in order, the one that `start` lies in first
   */
  readLogMarks(instance: Instance, start: number, end: number): LogMark[];

  /** @returns why an instance cannot be shown: a sentence about damage; `undefined` for all others */
  damageOf(instance: string): string | undefined;

  /** Calls back after each change. @returns stops it */
  onChange(listener: (change: Change) => void): () => void;

  figures(): StoreFigures;

  /** Takes no more, brings everything into the database and gives the lock back. */
  close(): Promise<void>;
}
