import type { TrainingSummary } from "ava-protocol";
import { PlatformError } from "../../error.js";
import { fellSilent, type InstanceView, type SeriesView } from "../contract/instance.js";
import type {
  FiguredInstance,
  GroupQuery,
  InstanceGroup,
  InstancePage,
  ListedInstance,
  ListQuery,
  WholeListQuery,
} from "../contract/list.js";
import type { LogMark, LogMatches, LogStretch } from "../contract/log.js";
import type { Evaluation, Model, ModelQuery } from "../contract/model.js";
import type { PointBlock, PointsAnswer, PointsQuery } from "../contract/points.js";
import type { SavedView } from "../contract/saved-view.js";
import type { KeptText, Revision, Training } from "../contract/training.js";
import type { WindowAnswer, WindowQuery } from "../contract/window.js";
import { Answers } from "../levels/answers.js";
import { answerPoints } from "../levels/find-points.js";
import { findDamage, pointBlocks } from "../levels/points.js";
import { searchLog } from "../levels/search-log.js";
import { answerWindow } from "../levels/window.js";
import { addTrainings, keptTexts, nameTrainings, sumTrainings } from "../listing/trainings.js";
import { inSlices, inTurns } from "../slices.js";
import { shownRevisions, shownTraining } from "../state/training.js";
import { type LogRange, listed, stretchOf, viewOfInstance, viewOfSeries } from "../state/view.js";
import type { CandidateReader } from "./database/candidates.js";
import type { HeadReader } from "./database/heads.js";
import type { LogReader } from "./database/log-text.js";
import type { StructureCheck } from "./database/structure.js";
import { Lister } from "./lister.js";
import type { Memory } from "./memory.js";

/** What questions look at. */
export interface QuestionParts {
  memory: Memory;
  heads: HeadReader;
  candidates: CandidateReader;
  logReader: LogReader;
  structure: StructureCheck;
}

/** The questions to an embedded store. */
export abstract class Questions {
  private readonly memory: Memory;
  private readonly heads: HeadReader;
  private readonly candidates: CandidateReader;
  private readonly logReader: LogReader;
  private readonly structure: StructureCheck;
  private readonly answers = new Answers();

  /** @param parts - of an open store */
  constructor({ memory, heads, candidates, logReader, structure }: QuestionParts) {
    this.memory = memory;
    this.heads = heads;
    this.candidates = candidates;
    this.logReader = logReader;
    this.structure = structure;
  }

  /** @returns how many instances and series there are, but for deleted ones */
  protected counts(): { instances: number; series: number } {
    const { unstored } = this.memory;
    const ids = idsOf(unstored);
    const shown = unstored.filter(isShown);
    const series = shown.reduce((sum, instance) => sum + instance.series.size, this.heads.countSeries(ids));
    return { instances: this.heads.count({ changed: ids }) + shown.length, series };
  }

  async instance(id: string): Promise<InstanceView> {
    return viewOfInstance(this.memory.shown(id));
  }

  async series(instance: string): Promise<SeriesView[]> {
    return viewOfSeries(this.memory.shown(instance));
  }

  async trainings(lostBeforeMs: number): Promise<TrainingSummary[]> {
    await this.structure.lists;
    const { unstored } = this.memory;
    const counted = addTrainings(this.heads.trainings(lostBeforeMs, idsOf(unstored)), sumTrainings(unstored.filter(isShown), lostBeforeMs));
    return nameTrainings(counted, [...this.memory.trainings.values()].filter(isShown));
  }

  async training(name: string): Promise<Training | undefined> {
    return shownTraining(this.memory.findTraining(name));
  }

  async keptTexts(dialect: string): Promise<KeptText[]> {
    return keptTexts([...this.memory.trainings.values()].filter(isShown), dialect);
  }

  async revisions(training: string): Promise<Revision[]> {
    return shownRevisions(this.memory.findTraining(training), this.memory.revisions.get(training));
  }

  async list(query: ListQuery): Promise<InstancePage> {
    const { page, ...rest } = await (await this.lister()).list(query);
    const instances: ListedInstance[] = [];
    await inSlices(this.readListed(page, query.seriesNames, instances));
    return { instances, ...rest };
  }

  async *listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    yield* (await this.lister()).listAll(query);
  }

  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return (await this.lister()).groups(query);
  }

  private async lister(): Promise<Lister> {
    await this.structure.lists;
    return new Lister(this.memory, this.heads, this.candidates);
  }

  /** A page may have thousands, each of which is read. */
  private *readListed(
    page: readonly { id: string }[],
    seriesNames: ListQuery["seriesNames"],
    instances: ListedInstance[],
  ): Generator<void, void> {
    for (const { id } of page) {
      const one = this.listed(id, seriesNames);
      if (one !== undefined) instances.push(one);
      yield;
    }
  }

  private listed(id: string, seriesNames: readonly string[] | undefined): ListedInstance | undefined {
    try {
      return listed(this.memory.shown(id), seriesNames);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      // What else cannot be shown is told where it was found.
      if (error.code === "not_found") this.heads.tellWrong(id);
      return undefined;
    }
  }

  async silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]> {
    await this.structure.lists;
    const { unstored } = this.memory;
    const found = unstored
      .filter((head) => isShown(head) && fellSilent(head, fromMs, beforeMs))
      .map(({ id, training }) => ({ id, training }));
    return [...this.heads.silent(fromMs, beforeMs, idsOf(unstored)), ...found];
  }

  async windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]> {
    const answers: WindowAnswer[] = [];
    await inSlices(this.readWindows(queries, answers));
    return answers;
  }

  private *readWindows(queries: readonly WindowQuery[], answers: WindowAnswer[]): Generator<void, void> {
    for (const query of queries) {
      answers.push(answerWindow((id) => this.memory.shown(id).series, query, this.answers));
      yield;
    }
  }

  async *points(instance: string, skipsDamage: boolean, keys?: ReadonlySet<string>): AsyncGenerator<PointBlock, void> {
    yield* inTurns(pointBlocks(instance, this.memory.shown(instance).series.values(), skipsDamage, keys));
  }

  findPoints(queries: readonly PointsQuery[]): Promise<PointsAnswer[]> {
    return inSlices(answerPoints((id) => this.memory.shown(id).series, queries));
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

  async models(query: ModelQuery): Promise<Model[]> {
    return this.memory.models.find(query);
  }

  async evaluation(name: string): Promise<Evaluation | undefined> {
    return this.memory.models.evaluation(name);
  }

  async evaluations(): Promise<Evaluation[]> {
    return this.memory.models.evaluations();
  }

  async views(): Promise<SavedView[]> {
    return [...this.memory.views.values()].filter((view) => view.view !== undefined);
  }
}

function isShown({ deletedMs }: { deletedMs?: number | undefined }): boolean {
  return deletedMs === undefined;
}

function idsOf(instances: readonly { id: string }[]): string[] {
  return instances.map(({ id }) => id);
}
