import type { TrainingSummary } from "ava-protocol";
import type { InstanceView, SeriesView } from "../../contract/instance.js";
import type { GroupQuery, InstanceGroup, InstancePage, ListQuery } from "../../contract/list.js";
import type { LogMark, LogMatches, LogStretch } from "../../contract/log.js";
import { type Evaluation, isAskedFor, type Model, type ModelQuery } from "../../contract/model.js";
import type { PointBlock, PointsQuery, SeriesPoints } from "../../contract/points.js";
import type { SavedView } from "../../contract/saved-view.js";
import type { Revision, Training } from "../../contract/training.js";
import type { WindowAnswer, WindowQuery } from "../../contract/window.js";
import { Answers } from "../../levels/answers.js";
import { findPoints } from "../../levels/find-points.js";
import { findDamage, pointBlocks } from "../../levels/points.js";
import { searchLog } from "../../levels/search-log.js";
import { answerWindow } from "../../levels/window.js";
import { nameTrainings } from "../../listing/trainings.js";
import { inSlices, inTurns } from "../../slices.js";
import { waitingRecords } from "../../state/instance.js";
import type { KeptTraining } from "../../state/target.js";
import { shownRevisions, shownTraining } from "../../state/training.js";
import { type LogRange, listed, stretchOf, viewOfInstance, viewOfSeries } from "../../state/view.js";
import { readTrainings } from "../commit/put.js";
import type { Database } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { type Loader, shown } from "../load/loader.js";
import { Lister } from "./lister.js";

/** The questions to a store in PostgreSQL. Each looks first at what the database has now. */
export abstract class Questions {
  private readonly database: Database;
  private readonly loader: Loader;
  private readonly lister: Lister;
  private readonly answers = new Answers();

  constructor(database: Database, loader: Loader) {
    this.database = database;
    this.loader = loader;
    this.lister = new Lister(database, loader);
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
    const { page, ...rest } = await this.lister.list(query);
    const held = await this.loader.fresh(page.map(({ id }) => id));
    const instances = page.flatMap(({ id }) => {
      const one = held.get(id);
      return one === undefined || one.deletedMs !== undefined ? [] : [listed(one, query.seriesNames)];
    });
    return { instances, ...rest };
  }

  async groups(query: GroupQuery): Promise<InstanceGroup[]> {
    return this.lister.groups(query);
  }

  silent(fromMs: number, beforeMs: number): Promise<{ id: string; training: string }[]> {
    const text = `SELECT id, training FROM ava.instances
      WHERE state = 'running' AND deleted_ms IS NULL AND heartbeat_ms >= $1 AND heartbeat_ms < $2 ORDER BY id`;
    return this.database.ask(text, [fromMs, beforeMs]);
  }

  async windows(queries: readonly WindowQuery[]): Promise<WindowAnswer[]> {
    const held = await this.loader.fresh(queries.map(({ instance }) => instance));
    const answers: WindowAnswer[] = [];
    await inSlices(this.readWindows(queries, held, answers));
    return answers;
  }

  private *readWindows(
    queries: readonly WindowQuery[],
    held: ReadonlyMap<string, HeldInstance>,
    answers: WindowAnswer[],
  ): Generator<void, void> {
    for (const query of queries) {
      answers.push(answerWindow((id) => shown(id, held.get(id)).series, query, this.answers));
      yield;
    }
  }

  async *points(instance: string, skipsDamage: boolean, keys?: ReadonlySet<string>): AsyncGenerator<PointBlock, void> {
    yield* inTurns(pointBlocks(instance, (await this.loader.shown(instance)).series.values(), skipsDamage, keys));
  }

  async findPoints(query: PointsQuery): Promise<SeriesPoints> {
    return inSlices(findPoints((await this.loader.shown(query.instance)).series, query));
  }

  async findDamage(instance: string): Promise<string[]> {
    const { damage, series } = await this.loader.shown(instance);
    const found = [...damage];
    await inSlices(findDamage(series.values(), (sentence) => found.push(sentence)));
    return found;
  }

  async readLog(id: string, range: LogRange): Promise<LogStretch> {
    const instance = await this.loader.shown(id);
    const { start, end, ...stretch } = stretchOf(instance, range);
    const parts: Uint8Array[] = [];
    for (const { offset, bytes } of waitingRecords(instance.log)) {
      if (offset < end && offset + bytes.length > start) parts.push(bytes.subarray(Math.max(0, start - offset), Math.max(0, end - offset)));
    }
    return { ...stretch, start, bytes: Buffer.concat(parts), damage: [], gaps: [] };
  }

  async readLogMarks(id: string, start: number, end: number): Promise<LogMark[]> {
    const { log } = await this.loader.shown(id);
    const inside = [...waitingRecords(log)].filter(
      ({ offset, bytes }) => bytes.length > 0 && offset < end && offset + bytes.length > start,
    );
    return inside.map(({ bytes: _bytes, ...mark }) => mark);
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

  async views(): Promise<SavedView[]> {
    return (await this.database.ask<{ kept: string }>("SELECT kept FROM ava.views ORDER BY name")).map(
      ({ kept }) => JSON.parse(kept) as SavedView,
    );
  }
}
