import type { InstanceFacts, RecordsAnswer, TrainingSummary } from "ava-protocol";
import type { ChangePage } from "./change.js";
import type { InstanceView, SeriesView } from "./instance.js";
import type { FiguredInstance, GroupQuery, InstanceGroup, InstancePage, ListQuery, WholeListQuery } from "./list.js";
import type { LogMark, LogMatches, LogStretch } from "./log.js";
import type { Evaluation, Model, ModelQuery, ModelSpec } from "./model.js";
import type { PointBlock, PointsAnswer, PointsQuery } from "./points.js";
import type { ReparseAnswer, ReparseHead } from "./reparse.js";
import type { SavedView } from "./saved-view.js";
import type { KeptText, KeptTrainingFacts, NewParams, Revision, Training } from "./training.js";
import type { WindowAnswer, WindowQuery } from "./window.js";

/** What a driver can do. */
export interface StoreCapabilities {
  /** What it has taken is there after a restart. */
  persistent: boolean;
  /** Several processes may serve the same data at once. */
  replicas: boolean;
}

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
 * What keeps the records: takes commands and answers questions, and does not show its state. The tests of this folder hold every driver to what is written here.
 *
 * A command resolves when it is kept as the driver's policy says; each question that is asked after that sees it, on every replica. A command that is rejected
 * has changed nothing. Of an instance that is damaged, commands and questions reject with `store_damaged`, of one that is deleted with `deleted`.
 */
export interface Store {
  readonly capabilities: StoreCapabilities;

  /**
   * Takes journal records of one writer, each once; what can never be taken is counted as drops of the instance, and passed. The body says which
   * acknowledgement its sender expects (`prevSeq`): it is compared and set in one step, so of several bodies that build on the same acknowledgement one is
   * taken, whatever replica they come to, and of the others what is new behind it.
   *
   * @param body - bytes as docs/formats/journal.md describes them
   * @param seenRecords - `records` of the instance as the sender has seen it; where it has others now, whatever replica took them, the body is refused
   * @throws PlatformError `bad_records`; `seq_gap` with the acknowledgement when records before the body are missing; `conflict`; `store_full`
   */
  takeRecords(instance: string, body: Uint8Array, seenRecords?: number): Promise<RecordsAnswer>;

  /**
   * Takes line protocol of the old client; bad lines are counted as drops of the instance. An equal body of lines with times that comes within two seconds is
   * the same report.
   *
   * @throws PlatformError `bad_line_protocol` when no line is good; `store_full`
   */
  takeLines(instance: string, body: Uint8Array): Promise<LinesAnswer>;

  /** Creates an instance or changes its facts; absent facts stay. @throws PlatformError `store_full` */
  putFacts(instance: string, facts: InstanceFacts): Promise<void>;

  /** Asks a run to stop: answers to its records say so until it begins again. @throws PlatformError `not_found`, `store_full` */
  requestStop(instance: string, reason: string): Promise<void>;

  /** Deletes an instance: it is in no list any more, and can be restored for seven days. @throws PlatformError `not_found`, `deleted`, `store_full` */
  deleteInstance(instance: string): Promise<void>;

  /** Brings a deleted instance back as it was; one that is not deleted stays as it is. @throws PlatformError `not_found`, `store_full` */
  restoreInstance(instance: string): Promise<void>;

  /** Creates a training or changes what is told of it: absent facts stay, an empty text removes one. One that is deleted comes back. @throws PlatformError `store_full` */
  putTraining(name: string, facts: KeptTrainingFacts): Promise<void>;

  /**
   * Keeps params as the newest revision of a training, which is made where there is none; equal to the newest they make no new one.
   *
   * @returns the revision
   * @throws PlatformError `conflict` when the base is not the newest revision, `limit_exceeded`, `store_full`
   */
  putParams(training: string, params: NewParams): Promise<Revision>;

  /** Deletes what was told of a training; its instances stay. It comes back when it is put again, or one of its instances is restored. */
  deleteTraining(name: string): Promise<void>;

  /** Removes for good what was deleted more than seven days (and an hour) ago. @returns how many instances */
  prune(): Promise<number>;

  /**
   * Takes the turn to reparse an instance: meanwhile no other reparse of it begins or is undone, on any replica. What a replica that ends with a turn has half
   * added is taken back soon.
   *
   * @returns gives the turn back
   * @throws PlatformError `conflict` while another has it
   */
  takeReparseTurn(instance: string): Promise<() => Promise<void>>;

  /**
   * Adds points of a reparse to a known instance. It is not a sign of life of the run.
   *
   * @param head - of the reparse; with a new number it begins one
   * @param points - journal records of points, as a body of `takeRecords`; may be empty
   * @param isDone - no more points will come
   * @throws PlatformError `conflict` where the number is another's, or the reparse was taken back; `not_found`, `deleted`, `store_full`
   */
  addReparsed(instance: string, head: ReparseHead, points: Uint8Array, isDone: boolean): Promise<ReparseAnswer>;

  /**
   * Removes the points that a reparse added, and only those; of one that is undone already it does nothing.
   *
   * @param by - as of its head; absent for any
   * @throws PlatformError `not_found`, `conflict` where it is another's, `store_damaged`, `store_full`
   */
  undoReparse(instance: string, n: number, by?: string): Promise<void>;

  /** Registers a model; a spec that is sent again makes no new version. @returns the version @throws PlatformError `store_full` */
  putModel(spec: ModelSpec): Promise<Model>;

  /** Keeps the result of an evaluation; one of the same name is replaced. @throws PlatformError `store_full` */
  putEvaluation(name: string, result: Record<string, unknown>): Promise<void>;

  /** Keeps a view; one of the same name is replaced. @throws PlatformError `store_full` */
  putView(name: string, view: Record<string, unknown>): Promise<void>;

  /** Deletes a view for good. @throws PlatformError `not_found`, `store_full` */
  deleteView(name: string): Promise<void>;

  /** @returns an instance but for its series. @throws PlatformError `not_found`, `store_damaged` */
  instance(id: string): Promise<InstanceView>;

  /** @returns the series of an instance that have points, in the order in which they came. @throws PlatformError `not_found`, `store_damaged` */
  series(instance: string): Promise<SeriesView[]>;

  /** @returns all trainings by name. @param lostBeforeMs - as of {@link ListQuery} */
  trainings(lostBeforeMs: number): Promise<TrainingSummary[]>;

  /** @returns what was told of a training; `undefined` where nothing was. @throws PlatformError `deleted` */
  training(name: string): Promise<Training | undefined>;

  /** @returns what clients of a dialect keep with trainings that are not deleted, by training. @param dialect - stands before the key */
  keptTexts(dialect: string): Promise<KeptText[]>;

  /** @returns all revisions of a training's params, the oldest first. @throws PlatformError `deleted`, `store_damaged` when the newest cannot be read */
  revisions(training: string): Promise<Revision[]>;

  /** @returns a page of instances; those without a value to sort by stand last. @throws PlatformError `bad_request` for a cursor that no list has answered with */
  list(query: ListQuery): Promise<InstancePage>;

  /**
   * Every instance that the terms let through, once, in the order of a list, in blocks. It looks at them once, however many they are: which they are and their
   * order are as of the question.
   *
   * @throws PlatformError `bad_request` for a regular expression that takes too long
   */
  listAll(query: WholeListQuery): AsyncIterable<readonly FiguredInstance[]>;

  /** @returns groups of the instances that the terms let through, in any order. A number and the text that prints it are the same */
  groups(query: GroupQuery): Promise<InstanceGroup[]>;

  /** @returns ids and trainings of running instances that were heard last from `fromMs` on and before `beforeMs` */
  silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]>;

  /**
   * Answers questions for windows of series, in their order. Raw points are those of the window in order of arrival; buckets are exact, as if every point had
   * been looked at. One that cannot be answered (`not_found`, `ambiguous_series`, `bad_request`, `store_damaged`) gives its error.
   */
  windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]>;

  /**
   * Every point of an instance, series by series in the order in which they came, each in order of arrival.
   *
   * @param skipsDamage - points that are damaged are left out
   * @param keys - of the series that are wanted; absent for all
   * @throws PlatformError `not_found`, `store_damaged`; also on the way, when it comes to damage that is not to be left out
   */
  points(instance: string, skipsDamage: boolean, keys?: ReadonlySet<string>): AsyncIterable<PointBlock>;

  /**
   * Answers questions for points of series, in their order, each point with all that was recorded of it. One that cannot be answered (`not_found`,
   * `ambiguous_series`, `store_damaged`) gives its error.
   */
  findPoints(queries: readonly PointsQuery[]): Promise<PointsAnswer[]>;

  /** Looks at every point of an instance. @returns a sentence for each part of it that cannot be read. @throws PlatformError `not_found`, `store_damaged` */
  findDamage(instance: string): Promise<string[]>;

  /**
   * Reads a stretch of an instance's log: from an offset, or of its end. It is as long as was asked for, or reaches the log's end.
   *
   * @throws PlatformError `not_found`, `store_damaged`
   */
  readLog(instance: string, range: { start: number; bytes: number } | { lastBytes: number }): Promise<LogStretch>;

  /**
   * Finds the records of a stretch of an instance's log, each with its time: the line of a point, the times of lines that are parsed again.
   *
   * @param start - first byte
   * @param end - byte after the last
   * @returns them in order, the one that `start` lies in first
   * @throws PlatformError `not_found`, `store_damaged`
   */
  readLogMarks(instance: string, start: number, end: number): Promise<LogMark[]>;

  /**
   * Searches an instance's log for bytes.
   *
   * @param text - at least one byte
   * @param start - where to begin
   * @param limit - most places to find
   * @throws PlatformError `not_found`, `store_damaged`
   */
  searchLog(instance: string, text: Uint8Array, start: number, limit: number): Promise<LogMatches>;

  /** @returns every version that the query lets through; of one model the oldest first */
  models(query: ModelQuery): Promise<Model[]>;

  /** @returns the result of an evaluation, if there is one */
  evaluation(name: string): Promise<Evaluation | undefined>;

  /** @returns results of all evaluations, in any order */
  evaluations(): Promise<Evaluation[]>;

  /** @returns all views, in any order */
  views(): Promise<SavedView[]>;

  /** Calls back soon after each change, of any replica, until it is ended. @param wake - must not throw @returns ends it */
  watch(wake: () => void): () => void;

  /**
   * What changed since a cursor, each instance once. Changes are known while this process watches.
   *
   * @param cursor - of the page before; absent for all that is known
   */
  changesSince(cursor: string | undefined): Promise<ChangePage>;

  figures(): Promise<StoreFigures>;

  /** Takes no more, keeps everything and gives the data free. */
  close(): Promise<void>;
}
