import type { TrainingSummary } from "ava-protocol";
import type Database from "libsql";
import { counted } from "../../../counted.js";
import type { InstanceHead } from "../../contract/instance.js";
import type { Figure } from "../../contract/list.js";
import type { SeriesTotals } from "../../levels/totals.js";
import type { DamageList } from "../damage.js";
import type { StoredFacts } from "../instance-state.js";
import { FIGURES, type FigureRow, figuresOf } from "./figures.js";
import { BLOCK_ROWS, type Cell, exactly, LightReader, numberOf } from "./light-rows.js";
import { insertInto, readRows, selectFrom, type Value, withSum } from "./tables.js";

/**
 * What lists look at of each stored instance, and where its series are. It follows from the other tables: a checkpoint stores it with them, and a start
 * makes it anew where a platform of an earlier version has written since. See docs/formats/store.md.
 */
export const HEAD_TABLES = `
  CREATE TABLE IF NOT EXISTS heads (id TEXT PRIMARY KEY, training TEXT NOT NULL, state TEXT NOT NULL, start_time TEXT, start_ms REAL, stop_time TEXT,
    heartbeat_ms REAL NOT NULL, series INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS heads_by_start ON heads (start_ms);
  CREATE INDEX IF NOT EXISTS heads_by_training ON heads (training, start_ms);
  CREATE INDEX IF NOT EXISTS heads_by_heartbeat ON heads (heartbeat_ms) WHERE state = 'running';
  CREATE INDEX IF NOT EXISTS heads_deleted ON heads (state) WHERE state = 'deleted';
  CREATE INDEX IF NOT EXISTS series_of_instance ON series (instance);
  CREATE INDEX IF NOT EXISTS series_by_name ON series (name);
`;

/** A statement that stores a row of {@link headValues}. */
export const INSERT_HEAD = "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/** @returns the row of an instance */
export function headValues(id: string, { training, facts, heartbeatMs, deletedMs, series = 0 }: StoredFacts): Value[] {
  const { state = "running", startTime = null, stopTime = null } = facts;
  const startMs = Date.parse(startTime ?? "");
  return [
    id,
    training,
    deletedMs === undefined ? state : "deleted",
    startTime,
    Number.isNaN(startMs) ? null : startMs,
    stopTime,
    heartbeatMs,
    series,
  ];
}

/**
 * Makes all heads anew from the table `instances`.
 *
 * @param segment - first log segment that the database does not contain
 */
export function makeHeads(db: Database.Database, segment: number): void {
  db.exec("BEGIN IMMEDIATE");
  db.exec("DELETE FROM heads");
  const insert = db.prepare(INSERT_HEAD);
  for (const { row, isWhole } of readRows<{ id: string; facts: string }>(db.prepare(selectFrom("instances")), "instances")) {
    if (isWhole === true) insert.run(...headValues(row.id, JSON.parse(row.facts) as StoredFacts));
  }
  db.prepare(insertInto("meta")).run(...withSum("meta", ["heads_segment", segment]));
  db.exec("COMMIT");
}

/** @returns all rows, each as {@link headValues} lists it. @throws PlatformError `store_damaged` */
export function* readHeads(db: Database.Database, damage: DamageList): Generator<readonly Cell[], void> {
  const reader = new LightReader(db, damage);
  const columns = [...HEAD.slice(0, 4), exactly("start_ms"), HEAD[4]!, exactly("heartbeat_ms"), "CAST(series AS INTEGER)"];
  const read = (after: string): Cell[][] => reader.rows("heads", columns, `heads WHERE id > ? ORDER BY id LIMIT ${BLOCK_ROWS}`, after);
  for (const block of reader.blocks("heads", read, ([id]) => String(id), ""))
    for (const row of block) yield row.map((cell, i) => (i === 4 || i === 6 ? numberOf(cell) : cell));
}

/** A head as {@link HEAD} lists its columns. */
type HeadRow = [id: string, training: string, state: string, startTime: string | null, stopTime: string | null, heartbeatMs: number];

/** Texts are cast: damage may change a type. */
const HEAD = [...["id", "training", "state", "start_time", "stop_time"].map((column) => `CAST(${column} AS TEXT)`), "heartbeat_ms"];

/** A head with the figures of a metric, where it has some. */
export interface FiguredHead {
  head: InstanceHead;
  figures: Pick<SeriesTotals, Figure> | undefined;
}

/** Which heads are asked for. */
export interface HeadQuery {
  /** Only of this training. */
  training?: string;
  /** Ids of instances that memory knows better: they are left out. */
  changed: readonly string[];
}

/** How many of the heads, in which order. */
export interface HeadRange {
  count: number;
  isDown: boolean;
}

/** Asks for heads of stored instances. */
export class HeadReader {
  private readonly reader: LightReader;
  private readonly damage: DamageList;

  /** @param damage - told of what is damaged */
  constructor(db: Database.Database, damage: DamageList) {
    this.reader = new LightReader(db, damage);
    this.damage = damage;
  }

  /** @returns the first heads by their start, with those of their facts that the table has */
  first(query: HeadQuery, { count, isDown }: HeadRange): InstanceHead[] {
    const order = `ORDER BY start_ms ${isDown ? "DESC" : "ASC"} NULLS LAST, id LIMIT ?`;
    return this.heads(`${whereOf(query)} ${order}`, ...valuesOf(query), count).map(headOf);
  }

  /** @returns the first heads by a figure of the metric `name`, with its figures; those without the value stand last, by id */
  firstBy(figure: Figure, name: string, query: HeadQuery, { count, isDown }: HeadRange): FiguredHead[] {
    const of = query.training === undefined ? "" : "AND instance IN (SELECT id FROM heads WHERE training = ?)";
    const order = `${figure} ${isDown ? "DESC" : "ASC"}, instance`;
    const from = `(
        SELECT * FROM figures WHERE name = ? AND ${figure} IS NOT NULL AND instance NOT IN (SELECT value FROM json_each(?))
          AND instance NOT IN (SELECT id FROM heads WHERE state = 'deleted') ${of} ORDER BY ${order} LIMIT ?
      ) JOIN heads ON id = instance ORDER BY ${order}`;
    const found = this.reader
      .rows<[...HeadRow, ...FigureRow]>("figures", [...HEAD, ...FIGURES], from, name, ...valuesOf(query), count)
      .map((row) => ({ head: headOf(row.slice(0, HEAD.length) as HeadRow), figures: figuresOf(row.slice(HEAD.length) as FigureRow) }));
    if (found.length === count) return found;
    const isWithout = `AND NOT EXISTS (SELECT 1 FROM figures WHERE name = ? AND instance = id AND ${figure} IS NOT NULL)`;
    const rest = this.heads(`${whereOf(query)} ${isWithout} ORDER BY id LIMIT ?`, ...valuesOf(query), name, count - found.length);
    return [...found, ...rest.map((row) => ({ head: headOf(row), figures: undefined }))];
  }

  /** @returns all heads in blocks, with those of their facts that the table has */
  *all(query: HeadQuery): Iterable<InstanceHead[]> {
    const rest = `${whereOf(query)} AND id > ? ORDER BY id LIMIT ${BLOCK_ROWS}`;
    const read = (after: string): HeadRow[] => this.heads(rest, ...valuesOf(query), after);
    for (const block of this.reader.blocks("heads", read, ([id]) => id, "")) yield block.map(headOf);
  }

  /** @returns heads of the instances with these ids that are stored and not deleted */
  of(ids: readonly string[]): InstanceHead[] {
    return this.heads("state <> 'deleted' AND id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)).map(headOf);
  }

  /** @returns how many heads there are */
  count(query: HeadQuery): number {
    return this.number("count(*)", `heads WHERE ${whereOf(query)}`, ...valuesOf(query));
  }

  /** @returns ids of stored instances that are deleted */
  deletedIds(): string[] {
    return this.reader.rows<[id: string]>("heads", ["CAST(id AS TEXT)"], "heads WHERE state = 'deleted'").map(([id]) => id);
  }

  /** @returns how many stored instances are deleted */
  countDeleted(): number {
    return this.number("count(*)", "heads WHERE state = 'deleted'");
  }

  /** Tells of heads that are gone. */
  compareCount(found: number, expected: number): void {
    if (found < expected)
      this.damage.add("table heads", `${counted(expected - found, "row is", "rows are")} gone, so lists do not show all instances`);
  }

  /** Tells of a head of which there is no instance. */
  tellWrong(id: string): void {
    this.damage.add(`table heads, row id = ${id}`, "there is no such instance; lists may not show another one");
  }

  /** @returns trainings of the instances, with figures of these */
  trainings(lostBeforeMs: number, changed: readonly string[]): TrainingSummary[] {
    type Row = [training: string, instances: number, running: number, startTime: string | null, startMs: number | null];
    const countRunning = "sum(state = 'running' AND heartbeat_ms >= ?)";
    // The start time is that of the row with the greatest start.
    const columns = ["CAST(training AS TEXT)", "count(*)", countRunning, "CAST(start_time AS TEXT)", "max(start_ms)"];
    const from = `heads WHERE ${UNCHANGED} GROUP BY training`;
    const rows = this.reader.rows<Row>("heads", columns, from, lostBeforeMs, JSON.stringify(changed));
    return rows.map(([name, instances, running, startTime]) => ({
      name,
      instances,
      running,
      ...(startTime === null ? {} : { lastStartTime: startTime }),
    }));
  }

  /** @returns running instances that were heard last from `fromMs` on and before `beforeMs` */
  silent(fromMs: number, beforeMs: number, changed: readonly string[]): { id: string; training: string }[] {
    const rest = `state = 'running' AND heartbeat_ms >= ? AND heartbeat_ms < ? AND ${UNCHANGED}`;
    return this.heads(rest, fromMs, beforeMs, JSON.stringify(changed)).map(([id, training]) => ({ id, training }));
  }

  /** @returns how many series the instances have */
  countSeries(changed: readonly string[]): number {
    return this.number("coalesce(sum(series), 0)", `heads WHERE ${UNCHANGED}`, JSON.stringify(changed));
  }

  private heads(where: string, ...values: Value[]): HeadRow[] {
    return this.reader.rows("heads", HEAD, `heads WHERE ${where}`, ...values);
  }

  private number(column: string, from: string, ...values: Value[]): number {
    return this.reader.rows<[number]>("heads", [column], from, ...values)[0]![0];
  }
}

const UNCHANGED = "state <> 'deleted' AND id NOT IN (SELECT value FROM json_each(?))";

function whereOf({ training }: HeadQuery): string {
  return training === undefined ? UNCHANGED : `${UNCHANGED} AND training = ?`;
}

function valuesOf({ training, changed }: HeadQuery): string[] {
  return [JSON.stringify(changed), ...(training === undefined ? [] : [training])];
}

function headOf([id, training, state, startTime, stopTime, heartbeatMs]: HeadRow): InstanceHead {
  const facts = { state, ...(startTime === null ? {} : { startTime }), ...(stopTime === null ? {} : { stopTime }) };
  return { id, training, facts: facts as InstanceHead["facts"], heartbeatMs };
}
