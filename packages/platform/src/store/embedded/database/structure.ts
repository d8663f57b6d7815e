import type Database from "libsql";
import { type DamageList, isBrokenFile } from "../damage.js";
import { type AsyncConnection, connectBeside } from "./connect.js";

/** Tables that a start looks at before it answers anything: a row of them that is not found where its key is looked for counts as one that does not exist. */
const KEYED_TABLES = ["meta", "models", "evaluations", "views", "trainings", "revisions"];

/** Tables that lists search. */
const LISTED_TABLES = ["heads", "figures", "series"];

/** Rows of figures have no checksum: one whose key is another is missed by the series that it follows from. A store of format 1 has none until its first checkpoint. */
const SERIES_WITHOUT_FIGURES = `SELECT CAST('a series has no row' AS BLOB) AS what FROM series
  WHERE (SELECT value FROM meta WHERE key = 'figures_segment') = (SELECT value FROM meta WHERE key = 'log_segment')
  AND NOT EXISTS (SELECT 1 FROM figures WHERE figures.name = series.name AND figures.instance = series.instance)`;

/** Tables whose rows are not missed without a word: an instance knows how many it has of the others, and `heads` knows the instances. */
const COUNTED_TABLES = ["instances", "writers", "events"];

/** As bytes: the binding ends the process over a text that is not UTF-8, and damage may make such names of indexes. */
const findingsIn = (table: string | undefined): string =>
  `SELECT CAST(integrity_check AS BLOB) AS what FROM pragma_integrity_check${table === undefined ? "" : `('${table}')`}`;

/**
 * Looks whether the pages of a table and its indexes are in order: each row is where its key is looked for, and in each index.
 *
 * @param table - its name; absent for all pages of the file
 * @returns what SQLite says of places that are not
 */
export function findDisorder(db: Database.Database, table?: string): string[] {
  try {
    const rows = db.prepare(findingsIn(table)).all() as { what: ArrayBuffer }[];
    return rows.map(({ what }) => Buffer.from(what).toString("utf8")).filter((what) => what !== "ok");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Texts by which rows are found in tables that have no index beside. */
const TEXT_KEYS = {
  meta: ["key"],
  instances: ["id"],
  writers: ["instance", "writer"],
  events: ["instance"],
  trainings: ["name"],
  revisions: ["training"],
  figures: ["name", "instance"],
};

/** @param damage - told of keys that damage made blobs: they are read as they were, and not found where a text is looked for */
export function checkTextKeys(db: Database.Database, damage: DamageList): void {
  for (const [table, columns] of Object.entries(TEXT_KEYS)) {
    try {
      const isOther = columns.map((column) => `typeof(${column}) <> 'text'`).join(" OR ");
      const found = db.prepare(`SELECT 1 FROM ${table} WHERE ${isOther} LIMIT 1`).get();
      if (found !== undefined) tellDisorder(table, "a key is not a text", damage);
    } catch (error) {
      // A store of an earlier platform does not have all tables; what is damaged of them is told by `findDisorder`.
      if (!isBrokenFile(error)) throw error;
    }
  }
}

/** @param damage - told of tables that are small and whose pages are not in order */
export function checkKeyedTables(db: Database.Database, damage: DamageList): void {
  for (const table of KEYED_TABLES) tellDisorder(table, findDisorder(db, table)[0], damage);
}

/** Looks at the pages of the other tables, once after a start and in a thread of its own. Chunks and log text are missed where they are read. */
export class StructureCheck {
  /** Ends, and does not fail, when the tables that lists search were looked at. */
  readonly lists: Promise<void>;
  private readonly all: Promise<void>;
  private readonly db: AsyncConnection;
  private readonly damage: DamageList;
  private isStopped = false;
  private isEnded = false;
  private asked = 0;

  /**
   * @param path - of the database
   * @param reading - the connection that reads
   * @param damage - told of tables whose pages are not in order
   */
  constructor(path: string, reading: Database.Database, damage: DamageList) {
    this.damage = damage;
    this.db = connectBeside(path, reading);
    this.lists = this.checkAll(LISTED_TABLES).then(() => this.check("figures", SERIES_WITHOUT_FIGURES));
    this.all = this.lists.then(() => this.checkAll(COUNTED_TABLES)).finally(() => this.end());
  }

  /** Breaks it off. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (!this.isEnded) this.db.interrupt();
    await this.all;
  }

  private end(): void {
    // The binding ends the process where one that is closed is interrupted.
    this.isEnded = true;
    this.db.close();
  }

  private async checkAll(tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.check(table, `${findingsIn(table)} WHERE integrity_check <> 'ok'`);
  }

  /** @param select - what is not in order */
  private async check(table: string, select: string): Promise<void> {
    if (this.isStopped) return;
    try {
      // Only `exec` works in a thread of its own.
      const answer = `disorder_${this.asked++}`;
      await this.db.exec(`CREATE TEMP TABLE ${answer} AS ${select} LIMIT 1`);
      const found = (await this.db.prepare(`SELECT what FROM ${answer}`)).get();
      tellDisorder(table, found && Buffer.from(found["what"] as Uint8Array).toString("utf8"), this.damage);
    } catch (error) {
      // Others are of the moment: it was broken off, or there was no memory.
      if (isBrokenFile(error)) tellDisorder(table, error.message, this.damage);
    }
  }
}

function tellDisorder(table: string, what: string | undefined, damage: DamageList): void {
  if (what !== undefined) damage.add(`table ${table}`, `rows of it may not be found (${what})`);
}
