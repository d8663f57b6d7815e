import type { TrainingSummary } from "ava-protocol";
import { damaged, PlatformError } from "../../../error.js";
import type { InstanceView, SeriesView } from "../../contract/instance.js";
import type { FiguredInstance, GroupQuery, InstanceGroup, InstancePage, ListQuery, WholeListQuery } from "../../contract/list.js";
import type { LogMark, LogMatches, LogStretch } from "../../contract/log.js";
import { type Evaluation, isAskedFor, type Model, type ModelQuery } from "../../contract/model.js";
import type { PointBlock, PointsAnswer, PointsQuery, RawRows } from "../../contract/points.js";
import type { SavedView } from "../../contract/saved-view.js";
import type { KeptText, Revision, Training } from "../../contract/training.js";
import type { WindowAnswer, WindowQuery } from "../../contract/window.js";
import { logBytesOf, logMarksOf } from "../../held/log-stretch.js";
import type { Series } from "../../held/series.js";
import { Answers } from "../../levels/answers.js";
import { answerPoints } from "../../levels/find-points.js";
import { readPiece } from "../../levels/pieces.js";
import { findDamage, rowsOf } from "../../levels/points.js";
import { searchLog } from "../../levels/search-log.js";
import type { Piece } from "../../levels/series.js";
import { answerWindow, findSeries, type SeriesMap } from "../../levels/window.js";
import { keptTexts, nameTrainings } from "../../listing/trainings.js";
import { inTurns, type Steps } from "../../slices.js";
import type { KeptTraining } from "../../state/target.js";
import { shownRevisions, shownTraining } from "../../state/training.js";
import { type LogRange, stretchOf, viewOfInstance, viewOfSeries } from "../../state/view.js";
import { readTrainings } from "../commit/put.js";
import type { Database } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Bases } from "../load/bases.js";
import { despiteSealing, readHeads } from "../load/heads.js";
import { type Loader, shown } from "../load/loader.js";
import { readLogPieces } from "../load/log-pieces.js";
import { Lister } from "./lister.js";

/** The questions to a store in PostgreSQL. Each looks first at what the database has now. */
export abstract class Questions {
  private readonly database: Database;
  private readonly loader: Loader;
  private readonly bases: Bases;
  private readonly lister: Lister;
  private readonly answers = new Answers();

  constructor(database: Database, loader: Loader, bases: Bases, now: () => number) {
    this.database = database;
    this.loader = loader;
    this.bases = bases;
    this.lister = new Lister(database, loader, now);
  }

  async instance(id: string): Promise<InstanceView> {
    return viewOfInstance(await this.loader.shown(id));
  }

  async series(instance: string): Promise<SeriesView[]> {
    return viewOfSeries(await this.loader.shown(instance));
  }

  async trainings(lostBeforeMs: number): Promise<TrainingSummary[]> {
    const { ask } = this.database;
    type Row = { name: string; instances: number; running: number; lastStartTime: string | null };
    // The start is that of the instance that started last: the last of the index.
    const last = "SELECT start_time FROM ava.instances i WHERE i.training = t.name AND deleted_ms IS NULL AND start_ms IS NOT NULL";
    const rows = await ask<Row>(
      `SELECT t.*, (${last} ORDER BY start_ms DESC LIMIT 1) AS "lastStartTime" FROM (
         SELECT training AS name, count(*) AS instances, count(*) FILTER (WHERE state = 'running' AND heartbeat_ms >= $1) AS running
         FROM ava.instances WHERE deleted_ms IS NULL GROUP BY training
       ) t ORDER BY name`,
      [lostBeforeMs],
    );
    const counted = rows.map(({ lastStartTime, ...row }) => ({ ...row, ...(lastStartTime === null ? {} : { lastStartTime }) }));
    const told = (await readTrainings(ask)).filter(({ deletedMs }) => deletedMs === undefined);
    return nameTrainings(counted, told);
  }

  async training(name: string): Promise<Training | undefined> {
    return shownTraining(await this.keptTraining(name));
  }

  async keptTexts(dialect: string): Promise<KeptText[]> {
    const told = await readTrainings(this.database.ask);
    return keptTexts(
      told.filter(({ deletedMs }) => deletedMs === undefined),
      dialect,
    );
  }

  async revisions(training: string): Promise<Revision[]> {
    const kept = await this.keptTraining(training);
    const text = "SELECT kept FROM ava.revisions WHERE training = $1 ORDER BY revision";
    const rows = await this.database.ask<{ kept: string }>(text, [training]);
    return shownRevisions(
      kept,
      rows.map((row) => JSON.parse(row.kept) as Revision),
    );
  }

  private async keptTraining(name: string): Promise<KeptTraining | undefined> {
    return (await readTrainings(this.database.ask, [name]))[0];
  }

  async list(query: ListQuery): Promise<InstancePage> {
    return this.lister.list(query);
  }

  listAll(query: WholeListQuery): AsyncGenerator<FiguredInstance[], void> {
    return this.lister.listAll(query);
  }

  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return this.lister.groups(query);
  }

  silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]> {
    const text = `SELECT id, training FROM ava.instances
      WHERE state = 'running' AND deleted_ms IS NULL AND heartbeat_ms >= $1 AND heartbeat_ms < $2 ORDER BY id`;
    return this.database.ask(text, [fromMs, beforeMs]);
  }

  windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]> {
    return this.ofSeries(queries, (mapOf) => this.readWindows(queries, mapOf));
  }

  /** Answers questions about series, with their heads at hand. */
  private ofSeries<Answer>(
    queries: readonly (WindowQuery | PointsQuery)[],
    answer: (mapOf: (id: string) => SeriesMap) => Steps<Answer[]>,
  ): Promise<Answer[]> {
    return this.steady(async () => {
      const held = await this.loader.fresh(queries.map(({ instance }) => instance));
      const mapOf = (id: string): SeriesMap => shown(id, held.get(id)).series;
      await this.readHeads(held, queries, mapOf);
      return this.bases.answer(() => answer(mapOf));
    });
  }

  private *readWindows(queries: readonly WindowQuery[], mapOf: (id: string) => SeriesMap): Steps<WindowAnswer[]> {
    const answers: WindowAnswer[] = [];
    for (const query of queries) {
      answers.push(answerWindow(mapOf, query, this.answers));
      yield;
    }
    return answers;
  }

  /** Of the series that questions are about; those that mean none get their answer later. */
  private async readHeads(
    held: ReadonlyMap<string, HeldInstance>,
    queries: readonly (WindowQuery | PointsQuery)[],
    mapOf: (id: string) => SeriesMap,
  ): Promise<void> {
    const wanted = new Map<HeldInstance, Set<Series>>();
    for (const { instance, name, labels } of queries) {
      try {
        const series = findSeries(instance, mapOf(instance), name, labels) as Series;
        const of = held.get(instance)!;
        wanted.set(of, (wanted.get(of) ?? new Set()).add(series));
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
      }
    }
    await Promise.all([...wanted].map(([of, series]) => readHeads(this.database.ask, of, series)));
  }

  async *points(instance: string, skipsDamage: boolean, keys?: ReadonlySet<string>): AsyncGenerator<PointBlock, void> {
    const { series: all } = await this.loader.shown(instance);
    const wanted = [...all.keys()].filter((key) => keys?.has(key) !== false);
    for (let start = 0; start < wanted.length; start += HEADS) {
      const series = await this.ofInstance(instance, async (held) => {
        const part = wanted.slice(start, start + HEADS).flatMap((key) => held.series.get(key) ?? []);
        await readHeads(this.database.ask, held, part);
        return part;
      });
      for (const one of series) yield* this.pointsOf(instance, one, skipsDamage);
    }
  }

  private async *pointsOf(instance: string, series: Series, skipsDamage: boolean): AsyncGenerator<PointBlock, void> {
    const { name, labels } = series;
    const pieces = series.pieces();
    for (let start = 0; start < pieces.length; start += BLOCKS) {
      const part = pieces.slice(start, start + BLOCKS);
      for await (const read of inTurns(await this.bases.answer(() => readAll(part)))) {
        if ("result" in read) yield { instance, name, labels, rows: read.result };
        else if (!skipsDamage) throw damaged(read.damage);
      }
    }
  }

  findPoints(queries: readonly PointsQuery[]): Promise<PointsAnswer[]> {
    return this.ofSeries(queries, (mapOf) => answerPoints(mapOf, queries));
  }

  async findDamage(instance: string): Promise<string[]> {
    return this.ofInstance(instance, async (held) => {
      await readHeads(this.database.ask, held, held.series.values());
      const found = [...held.damage];
      for (const series of held.series.values()) found.push(...(await this.bases.answer(() => collectDamage(series))));
      return found;
    });
  }

  private ofInstance<Result>(id: string, ask: (held: HeldInstance) => Promise<Result>): Promise<Result> {
    return this.steady(async () => ask(await this.loader.shown(id)));
  }

  private steady<Result>(work: () => Promise<Result>): Promise<Result> {
    return despiteSealing(() => this.loader.generation, work);
  }

  async readLog(id: string, range: LogRange): Promise<LogStretch> {
    const instance = await this.loader.shown(id);
    const { log } = instance;
    const { end, ...stretch } = stretchOf(instance, range);
    const before = { ...log, waiting: [...log.waiting] };
    const pieces = await readLogPieces(this.database.ask, instance, stretch.start, end);
    const tell = (from: number, to: number): string =>
      `Table log_pieces, instance ${id}: the log is missing from byte ${from} to ${to}, or its checksum is wrong.`;
    return { ...stretch, ...logBytesOf(before, pieces, stretch.start, end, tell) };
  }

  async readLogMarks(id: string, start: number, end: number): Promise<LogMark[]> {
    const instance = await this.loader.shown(id);
    const before = { ...instance.log, waiting: [...instance.log.waiting] };
    const stop = Math.min(end, stretchOf(instance, { lastBytes: 0 }).size);
    return logMarksOf(before, await readLogPieces(this.database.ask, instance, start, stop), start, stop);
  }

  searchLog(id: string, text: Uint8Array, start: number, limit: number): Promise<LogMatches> {
    return searchLog((range) => this.readLog(id, range), text, start, limit);
  }

  async models(query: ModelQuery): Promise<Model[]> {
    const text = `SELECT kept FROM ava.models WHERE ($1::text IS NULL OR name = $1) AND ($2::text IS NULL OR instance = $2) ORDER BY place`;
    const rows = await this.database.ask<{ kept: string }>(text, [query.name ?? null, query.instance ?? null]);
    return rows.map(({ kept }) => JSON.parse(kept) as Model).filter((model) => isAskedFor(model, query));
  }

  async evaluation(name: string): Promise<Evaluation | undefined> {
    const [row] = await this.database.ask<{ kept: string }>("SELECT kept FROM ava.evaluations WHERE name = $1", [name]);
    return row && (JSON.parse(row.kept) as Evaluation);
  }

  async evaluations(): Promise<Evaluation[]> {
    const rows = await this.database.ask<{ kept: string }>("SELECT kept FROM ava.evaluations");
    return rows.map(({ kept }) => JSON.parse(kept) as Evaluation);
  }

  async views(): Promise<SavedView[]> {
    return (await this.database.ask<{ kept: string }>("SELECT kept FROM ava.views ORDER BY name")).map(
      ({ kept }) => JSON.parse(kept) as SavedView,
    );
  }
}

/** Series whose heads are read in one turn when all points are wanted. */
const HEADS = 32;

/** Blocks of points whose chunks are read in one turn. */
const BLOCKS = 64;

function* readAll(pieces: readonly Piece[]): Steps<({ result: RawRows } | { damage: string })[]> {
  const found: ({ result: RawRows } | { damage: string })[] = [];
  for (const piece of pieces) {
    found.push(readPiece(piece, rowsOf));
    yield;
  }
  return found;
}

function* collectDamage(series: Series): Steps<string[]> {
  const found: string[] = [];
  yield* findDamage([series], (sentence) => found.push(sentence));
  return found;
}
