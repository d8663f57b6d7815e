import type { TrainingSummary } from "ava-protocol";
import { fellSilent, type InstanceView, type SeriesView } from "../contract/instance.js";
import type { InstancePage, ListQuery } from "../contract/list.js";
import type { LogMark, LogMatches, LogStretch } from "../contract/log.js";
import { type Evaluation, instanceIdOf, type Model, type ModelQuery } from "../contract/model.js";
import type { PointBlock } from "../contract/points.js";
import type { WindowAnswer, WindowQuery } from "../contract/window.js";
import { findDamage, pointBlocks } from "../levels/points.js";
import { searchLog } from "../levels/search-log.js";
import { answerWindow } from "../levels/window.js";
import { matches, pageOf } from "../listing/list.js";
import { sumTrainings } from "../listing/trainings.js";
import { inSlices, inTurns } from "../slices.js";
import { type LogRange, listed, stretchOf, viewOfInstance, viewOfSeries } from "../state/view.js";
import type { LogReader } from "./database/log-text.js";
import type { StoredInstance } from "./instance-state.js";
import type { Memory } from "./memory.js";

/** The questions to an embedded store. */
export abstract class Questions {
  private readonly memory: Memory;
  private readonly logReader: LogReader;

  /**
   * @param memory - what the store knows
   * @param logReader - reads text of instances
   */
  constructor(memory: Memory, logReader: LogReader) {
    this.memory = memory;
    this.logReader = logReader;
  }

  async instance(id: string): Promise<InstanceView> {
    return viewOfInstance(this.memory.shown(id));
  }

  async series(instance: string): Promise<SeriesView[]> {
    return viewOfSeries(this.memory.shown(instance));
  }

  async trainings(lostBeforeMs: number): Promise<TrainingSummary[]> {
    return sumTrainings(this.memory.instances.values(), lostBeforeMs);
  }

  async list(query: ListQuery): Promise<InstancePage> {
    const found: StoredInstance[] = [];
    await inSlices(this.findMatching(query, found));
    const { page, ...rest } = pageOf(found, query);
    return { instances: page.map((instance) => listed(instance, query.seriesNames)), ...rest };
  }

  private *findMatching({ terms, lostBeforeMs }: ListQuery, found: StoredInstance[]): Generator<void, void> {
    for (const instance of this.memory.instances.values()) {
      if (matches(instance, terms, lostBeforeMs)) found.push(instance);
      yield;
    }
  }

  async silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]> {
    const found: { id: string; training: string }[] = [];
    for (const head of this.memory.instances.values()) if (fellSilent(head, fromMs, beforeMs)) found.push(head);
    return found.map(({ id, training }) => ({ id, training }));
  }

  async windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]> {
    const answers: WindowAnswer[] = [];
    await inSlices(this.readWindows(queries, answers));
    return answers;
  }

  private *readWindows(queries: readonly WindowQuery[], answers: WindowAnswer[]): Generator<void, void> {
    for (const query of queries) {
      answers.push(answerWindow((id) => this.memory.shown(id).series, query));
      yield;
    }
  }

  async *points(instance: string, skipsDamage: boolean): AsyncGenerator<PointBlock, void> {
    yield* inTurns(pointBlocks(instance, this.memory.shown(instance).series.values(), skipsDamage));
  }

  async findDamage(instance: string): Promise<string[]> {
    const { damage, series } = this.memory.shown(instance);
    const found = [...damage];
    await inSlices(findDamage(series.values(), (sentence) => found.push(sentence)));
    return found;
  }

  async readLog(id: string, range: LogRange): Promise<LogStretch> {
    const instance = this.memory.shown(id);
    const { end, ...stretch } = stretchOf(instance, range);
    return { ...stretch, ...this.logReader.read(instance, stretch.start, end) };
  }

  async readLogMarks(id: string, start: number, end: number): Promise<LogMark[]> {
    const instance = this.memory.shown(id);
    return this.logReader.readMarks(instance, start, Math.min(end, stretchOf(instance, { lastBytes: 0 }).size));
  }

  searchLog(id: string, text: Uint8Array, start: number, limit: number): Promise<LogMatches> {
    return searchLog((range) => this.readLog(id, range), text, start, limit);
  }

  async models({ name, instance }: ModelQuery): Promise<Model[]> {
    const versions = name === undefined ? [...this.memory.models.values()].flat() : this.memory.versionsOf(name);
    return versions.filter(({ spec }) => instance === undefined || instanceIdOf(spec) === instance);
  }

  async evaluation(name: string): Promise<Evaluation | undefined> {
    return this.memory.evaluations.get(name);
  }
}
