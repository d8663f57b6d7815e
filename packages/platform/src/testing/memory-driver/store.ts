import type { InstanceFacts, RecordsAnswer, TrainingSummary } from "ava-protocol";
import { notFound, noView, PlatformError } from "../../error.js";
import type { ChangePage } from "../../store/contract/change.js";
import { fellSilent, type InstanceView, type SeriesView } from "../../store/contract/instance.js";
import type { FiguredInstance, GroupQuery, InstanceGroup, InstancePage, ListQuery, WholeListQuery } from "../../store/contract/list.js";
import type { LogMark, LogMatches, LogStretch } from "../../store/contract/log.js";
import { type Evaluation, isAskedFor, type Model, type ModelQuery, type ModelSpec } from "../../store/contract/model.js";
import type { PointBlock, PointsAnswer, PointsQuery } from "../../store/contract/points.js";
import type { ReparseAnswer, ReparseHead } from "../../store/contract/reparse.js";
import type { SavedView } from "../../store/contract/saved-view.js";
import type { LinesAnswer, Store, StoreCapabilities, StoreFigures } from "../../store/contract/store.js";
import type { KeptText, KeptTrainingFacts, NewParams, Revision, Training } from "../../store/contract/training.js";
import type { WindowAnswer, WindowQuery } from "../../store/contract/window.js";
import { answerPoints } from "../../store/levels/find-points.js";
import { pointBlocks } from "../../store/levels/points.js";
import { searchLog } from "../../store/levels/search-log.js";
import { answerWindow } from "../../store/levels/window.js";
import { groupsOf } from "../../store/listing/groups.js";
import { blocksOf, figured, matches, pageOf } from "../../store/listing/list.js";
import { keptTexts, nameTrainings, sumTrainings } from "../../store/listing/trainings.js";
import { inSlices } from "../../store/slices.js";
import { hear, registeredAs } from "../../store/state/apply.js";
import type { Command } from "../../store/state/command.js";
import { isToBeRemoved, refuseDeleted, refuseOld } from "../../store/state/deleted.js";
import { type Instance, recordsOf, stopOf, waitingRecords } from "../../store/state/instance.js";
import { planLines, planRecords, planReparse } from "../../store/state/plan.js";
import { checkReparse } from "../../store/state/reparse.js";
import { planParams, shownRevisions, shownTraining } from "../../store/state/training.js";
import { type LogRange, listed, stretchOf, viewOfInstance, viewOfSeries } from "../../store/state/view.js";
import type { MemoryState } from "./state.js";

const NOTHING = new Uint8Array(0);

/** One replica of a store in memory. It waits between looking and changing, as one that asks a database does. */
export class MemoryStore implements Store {
  readonly capabilities: StoreCapabilities = { persistent: false, replicas: true };
  private readonly state: MemoryState;
  private readonly now: () => number;
  private readonly pause: () => Promise<void>;
  private isClosed = false;

  /** @param state - shared with the other replicas @param now - milliseconds since 1970 @param pause - how long a step takes */
  constructor(state: MemoryState, now: () => number, pause: () => Promise<void>) {
    this.state = state;
    this.now = now;
    this.pause = pause;
  }

  async takeRecords(id: string, body: Uint8Array, seenRecords?: number): Promise<RecordsAnswer> {
    for (;;) {
      const { writer, expectedAck, command, body: taken, answer } = planRecords(id, this.state.find(id), body, this.now(), seenRecords);
      await this.pause();
      const instance = this.state.find(id);
      // Another replica was faster: what is new is looked at anew.
      if ((instance?.writers.get(writer)?.ack ?? 0) !== expectedAck) continue;
      if (seenRecords !== undefined && (instance === undefined ? 0 : recordsOf(instance)) !== seenRecords) continue;
      if (command !== undefined) this.apply(command, taken);
      else if (instance !== undefined) this.state.track.note(hear(instance, this.now()));
      return { ...answer, ...stopOf(this.state.find(id), writer) };
    }
  }

  async takeLines(id: string, body: Uint8Array): Promise<LinesAnswer> {
    const { command, answer } = planLines(id, this.state.find(id), body, this.now());
    if (command !== undefined) this.apply(command, body);
    return answer;
  }

  async putFacts(id: string, facts: InstanceFacts): Promise<void> {
    refuseDeleted(this.state.find(id));
    this.apply({ kind: "facts", instance: id, atMs: this.now(), facts });
  }

  async requestStop(id: string, reason: string): Promise<void> {
    this.state.shown(id);
    this.apply({ kind: "stop", instance: id, atMs: this.now(), reason });
  }

  async deleteInstance(id: string): Promise<void> {
    this.state.shown(id);
    this.apply({ kind: "delete", instance: id, atMs: this.now() });
  }

  async restoreInstance(id: string): Promise<void> {
    const instance = this.state.find(id);
    if (instance === undefined) throw notFound(id);
    refuseOld(instance, this.now());
    this.apply({ kind: "restore", instance: id, atMs: this.now() });
  }

  async prune(): Promise<number> {
    const old = [...this.state.instances.values()].filter((instance) => isToBeRemoved(instance, this.now()));
    for (const { id } of old) this.state.instances.delete(id);
    for (const training of this.state.trainings.values()) {
      if (!isToBeRemoved(training, this.now())) continue;
      this.state.trainings.delete(training.name);
      this.state.revisions.delete(training.name);
    }
    return old.length;
  }

  async putTraining(name: string, facts: KeptTrainingFacts): Promise<void> {
    this.apply({ kind: "training", training: name, atMs: this.now(), facts });
  }

  async putParams(training: string, params: NewParams): Promise<Revision> {
    const { trainings, revisions } = this.state;
    const plan = planParams(training, trainings.get(training), revisions.get(training)?.at(-1), params, this.now());
    if ("kind" in plan) this.apply(plan);
    return revisions.get(training)!.find(({ revision }) => revision === plan.revision)!;
  }

  async deleteTraining(name: string): Promise<void> {
    this.apply({ kind: "delete-training", training: name, atMs: this.now() });
  }

  async takeReparseTurn(id: string): Promise<() => Promise<void>> {
    return this.state.turns.take(id);
  }

  async addReparsed(id: string, head: ReparseHead, points: Uint8Array, isDone: boolean): Promise<ReparseAnswer> {
    const { command, body, answer } = planReparse(this.state.shown(id), head, points, isDone, this.now());
    this.apply(command, body);
    return answer;
  }

  async undoReparse(id: string, n: number, by?: string): Promise<void> {
    checkReparse(this.state.shown(id), n, by);
    this.apply({ kind: "undoReparse", instance: id, atMs: this.now(), n });
  }

  async putModel(spec: ModelSpec): Promise<Model> {
    this.apply({ kind: "model", atMs: this.now(), spec });
    return registeredAs(spec, this.state.versionsOf(spec.name));
  }

  async putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    this.apply({ kind: "evaluation", atMs: this.now(), name, result });
  }

  async putView(name: string, view: Record<string, unknown>): Promise<void> {
    this.apply({ kind: "view", atMs: this.now(), name, view });
  }

  async deleteView(name: string): Promise<void> {
    if (!this.state.views.has(name)) throw noView(name);
    this.apply({ kind: "view", atMs: this.now(), name });
  }

  private apply(command: Command, body: Uint8Array = NOTHING): void {
    if (this.isClosed) throw new PlatformError("stopping", "The platform is stopping. Send it again later.");
    this.state.apply(command, body);
  }

  async instance(id: string): Promise<InstanceView> {
    return viewOfInstance(this.state.shown(id));
  }

  async series(id: string): Promise<SeriesView[]> {
    return viewOfSeries(this.state.shown(id));
  }

  async trainings(lostBeforeMs: number): Promise<TrainingSummary[]> {
    return nameTrainings(sumTrainings(this.state.listed, lostBeforeMs), this.told);
  }

  async keptTexts(dialect: string): Promise<KeptText[]> {
    return keptTexts(this.told, dialect);
  }

  /** Trainings of which something was told. */
  private get told(): Training[] {
    return [...this.state.trainings.values()].filter(({ deletedMs }) => deletedMs === undefined);
  }

  async training(name: string): Promise<Training | undefined> {
    return shownTraining(this.state.trainings.get(name));
  }

  async revisions(training: string): Promise<Revision[]> {
    return shownRevisions(this.state.trainings.get(training), this.state.revisions.get(training));
  }

  async list(query: ListQuery): Promise<InstancePage> {
    const { page, ...rest } = pageOf(this.found(query), query);
    return { instances: page.map((instance) => listed(instance, query.seriesNames)), ...rest };
  }

  async *listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    await this.pause();
    for (const block of blocksOf(this.found(query), query)) yield block.map((instance) => figured(instance, instance.facts, query));
  }

  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return inSlices(groupsOf([...this.found(query)], query));
  }

  private found({ terms, lostBeforeMs }: Pick<ListQuery, "terms" | "lostBeforeMs">): Instance[] {
    return this.state.listed.filter((instance) => matches(instance, terms, lostBeforeMs));
  }

  async silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]> {
    const found = this.state.listed.filter((head) => fellSilent(head, fromMs, beforeMs));
    return found.map(({ id, training }) => ({ id, training }));
  }

  async windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]> {
    return queries.map((query) => answerWindow((id) => this.state.shown(id).series, query));
  }

  async *points(id: string, skipsDamage: boolean, keys?: ReadonlySet<string>): AsyncGenerator<PointBlock, void> {
    for (const block of pointBlocks(id, this.state.shown(id).series.values(), skipsDamage, keys)) {
      await this.pause();
      yield block;
    }
  }

  findPoints(queries: readonly PointsQuery[]): Promise<PointsAnswer[]> {
    return inSlices(answerPoints((id) => this.state.shown(id).series, queries));
  }

  async findDamage(id: string): Promise<string[]> {
    return [...this.state.shown(id).damage];
  }

  async readLog(id: string, range: LogRange): Promise<LogStretch> {
    const instance = this.state.shown(id);
    const { end, ...stretch } = stretchOf(instance, range);
    const text = Buffer.concat(instance.log.waiting.map(({ bytes }) => bytes));
    return { ...stretch, bytes: text.subarray(stretch.start, end), damage: [], gaps: [] };
  }

  async readLogMarks(id: string, start: number, end: number): Promise<LogMark[]> {
    const records = [...waitingRecords(this.state.shown(id).log)];
    const inside = records.filter(({ offset, bytes }) => bytes.length > 0 && offset < end && offset + bytes.length > start);
    return inside.map(({ bytes: _bytes, ...mark }) => mark);
  }

  searchLog(id: string, text: Uint8Array, start: number, limit: number): Promise<LogMatches> {
    return searchLog((range) => this.readLog(id, range), text, start, limit);
  }

  async models(query: ModelQuery): Promise<Model[]> {
    return [...this.state.models.values()].flat().filter((model) => isAskedFor(model, query));
  }

  async evaluation(name: string): Promise<Evaluation | undefined> {
    return this.state.evaluations.get(name);
  }

  async evaluations(): Promise<Evaluation[]> {
    return [...this.state.evaluations.values()];
  }

  async views(): Promise<SavedView[]> {
    return [...this.state.views.values()];
  }

  watch(wake: () => void): () => void {
    return this.state.track.watch(wake);
  }

  async changesSince(cursor: string | undefined): Promise<ChangePage> {
    return this.state.track.since(cursor);
  }

  async figures(): Promise<StoreFigures> {
    const { listed: instances, pointsTaken, requestsTaken } = this.state;
    const series = instances.reduce((sum, one) => sum + one.series.size, 0);
    const none = { checkpoints: 0, logBytes: 0, failedCheckpoints: 0, damagedPlaces: 0 };
    return { instances: instances.length, series, pointsTaken, requestsTaken, ...none };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
