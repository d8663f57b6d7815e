import type { InstanceFacts, TrainingSummary } from "ava-protocol";
import type Database from "libsql";
import { damaged } from "../../../error.js";
import type { InstanceHead } from "../../contract/instance.js";
import { type DamageList, isBrokenFile } from "../damage.js";
import type { StoredFacts } from "../instance-state.js";
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

interface HeadRow {
  id: string;
  training: string;
  state: NonNullable<InstanceFacts["state"]>;
  start_time: string | null;
  stop_time: string | null;
  heartbeat_ms: number;
}

/** Which heads are asked for. */
export interface HeadQuery {
  /** Only of this training. */
  training?: string;
}

/** Asks for heads of stored instances. Those that memory knows better are left out: the ids of instances that have changed since. */
export class HeadReader {
  private readonly db: Database.Database;
  private readonly damage: DamageList;
  private readonly prepared = new Map<string, Database.Statement>();

  /** @param damage - told of what is damaged */
  constructor(db: Database.Database, damage: DamageList) {
    this.db = db;
    this.damage = damage;
  }

  /** @returns the first heads by their start, with those of their facts that the table has */
  first({ training }: HeadQuery, count: number, isDown: boolean, changed: readonly string[]): InstanceHead[] {
    const order = `ORDER BY start_ms ${isDown ? "DESC" : "ASC"} NULLS LAST, id LIMIT ?`;
    return this.rows<HeadRow>(`SELECT * FROM heads WHERE ${whereOf(training)} ${order}`, ...valuesOf(training, changed), count).map(headOf);
  }

  /** @returns all heads in blocks, with those of their facts that the table has */
  *all({ training }: HeadQuery, changed: readonly string[]): Iterable<InstanceHead[]> {
    const sql = `SELECT * FROM heads WHERE ${whereOf(training)} AND id > ? ORDER BY id LIMIT ${BLOCK_ROWS}`;
    for (let after = "", count = BLOCK_ROWS; count === BLOCK_ROWS; ) {
      const rows = this.rows<HeadRow>(sql, ...valuesOf(training, changed), after);
      yield rows.map(headOf);
      count = rows.length;
      after = rows.at(-1)?.id ?? "";
    }
  }

  /** @returns how many heads there are */
  count({ training }: HeadQuery, changed: readonly string[]): number {
    const sql = `SELECT count(*) AS count FROM heads WHERE ${whereOf(training)}`;
    return this.rows<{ count: number }>(sql, ...valuesOf(training, changed))[0]!.count;
  }

  /** @returns ids of stored instances that are deleted */
  deletedIds(): string[] {
    return this.rows<{ id: string }>("SELECT id FROM heads WHERE state = 'deleted'").map(({ id }) => id);
  }

  /** @returns how many stored instances are deleted */
  countDeleted(): number {
    return this.rows<{ count: number }>("SELECT count(*) AS count FROM heads WHERE state = 'deleted'")[0]!.count;
  }

  /** Tells of heads that are gone. */
  compareCount(found: number, expected: number): void {
    if (found < expected) this.damage.add("table heads", `${expected - found} of its rows are gone, lists do not show these instances`);
  }

  /** @returns trainings of the instances, with figures of these */
  trainings(lostBeforeMs: number, changed: readonly string[]): TrainingSummary[] {
    const sql = `SELECT training, count(*) AS instances, sum(state = 'running' AND heartbeat_ms >= ?) AS running, start_time, max(start_ms) AS start_ms
      FROM heads WHERE ${UNCHANGED} GROUP BY training`;
    const rows = this.rows<HeadRow & { instances: number; running: number }>(sql, lostBeforeMs, JSON.stringify(changed));
    return rows.map(({ training, instances, running, start_time: startTime }) => ({
      name: training,
      instances,
      running,
      ...(startTime === null ? {} : { lastStartTime: startTime }),
    }));
  }

  /** @returns running instances that were heard last from `fromMs` on and before `beforeMs` */
  silent(fromMs: number, beforeMs: number, changed: readonly string[]): { id: string; training: string }[] {
    const sql = `SELECT id, training FROM heads WHERE state = 'running' AND heartbeat_ms >= ? AND heartbeat_ms < ? AND ${UNCHANGED}`;
    return this.rows(sql, fromMs, beforeMs, JSON.stringify(changed));
  }

  /** @returns how many series the instances have */
  countSeries(changed: readonly string[]): number {
    const sql = `SELECT sum(series) AS count FROM heads WHERE ${UNCHANGED}`;
    return this.rows<{ count: number | null }>(sql, JSON.stringify(changed))[0]?.count ?? 0;
  }

  /** @throws PlatformError `store_damaged` */
  private rows<Row>(sql: string, ...values: Value[]): Row[] {
    try {
      const select = this.prepared.get(sql) ?? this.db.prepare(sql);
      this.prepared.set(sql, select);
      return select.all(...values) as Row[];
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      throw damaged(this.damage.add("table heads", `SQLite cannot read it (${error.message})`));
    }
  }
}

const UNCHANGED = "state <> 'deleted' AND id NOT IN (SELECT value FROM json_each(?))";

/** Heads that are read at a time. */
const BLOCK_ROWS = 2000;

function whereOf(training: string | undefined): string {
  return training === undefined ? UNCHANGED : `${UNCHANGED} AND training = ?`;
}

function valuesOf(training: string | undefined, changed: readonly string[]): string[] {
  return [JSON.stringify(changed), ...(training === undefined ? [] : [training])];
}

function headOf({ id, training, state, start_time: startTime, stop_time: stopTime, heartbeat_ms: heartbeatMs }: HeadRow): InstanceHead {
  const facts = { state, ...(startTime === null ? {} : { startTime }), ...(stopTime === null ? {} : { stopTime }) };
  return { id, training, facts, heartbeatMs };
}
