import type Database from "libsql";
import { damaged } from "../../../error.js";
import { type DamageList, isBrokenFile } from "../damage.js";
import { KeptStatement } from "./kept-statement.js";
import type { Value } from "./tables.js";

/** Rows that are read at a time. */
export const BLOCK_ROWS = 2000;

/** A value of a row, as {@link LightReader} gives it. */
export type Cell = string | number | null;

/**
 * @param column - REAL
 * @returns an expression for {@link LightReader}, to be read by {@link numberOf}: SQLite's JSON has 15 digits of a number
 */
export function exactly(column: string): string {
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE printf('%!.17g', ${column}) END`;
}

/** @returns the number that {@link exactly} wrote */
export function numberOf(cell: Cell): number | null {
  return cell === null ? null : Number(String(cell).replace("Inf", "Infinity"));
}

/**
 * Asks the tables that follow from others and so have no checksums. Rows come as one JSON text in a blob: the binding takes microseconds for each value, and ends the
 * process over a text that is not UTF-8, which damage may make.
 */
export class LightReader {
  private readonly db: Database.Database;
  private readonly damage: DamageList;
  private readonly selects = new Map<string, KeptStatement>();

  /** @param damage - told of what is damaged */
  constructor(db: Database.Database, damage: DamageList) {
    this.db = db;
    this.damage = damage;
  }

  /**
   * Reads a table in blocks of {@link BLOCK_ROWS}.
   *
   * @param read - gives the rows behind a key, in the order of their keys
   * @param first - key before all others
   * @returns blocks of rows; where keys are out of their order, which is told, it ends
   * @throws PlatformError `store_damaged`
   */
  *blocks<Row, Key extends string | number>(
    table: string,
    read: (after: Key) => Row[],
    keyOf: (row: Row) => Key,
    first: Key,
  ): Generator<Row[], void> {
    for (let after = first, count = BLOCK_ROWS; count === BLOCK_ROWS; ) {
      const block = this.unlessBroken(table, () => read(after));
      yield block;
      count = block.length;
      if (count < BLOCK_ROWS) return;
      const last = keyOf(block[count - 1]!);
      if (!(last > after)) return void this.damage.add(`table ${table}`, `row ${last} is not in its place: those behind it are not read`);
      after = last;
    }
  }

  /**
   * @param table - what messages name
   * @param columns - expressions: numbers, or texts cast to TEXT
   * @param from - what follows SELECT ... FROM, with its order
   * @returns the rows
   * @throws PlatformError `store_damaged`
   */
  rows<Row extends readonly Cell[]>(table: string, columns: readonly string[], from: string, ...values: Value[]): Row[] {
    const sql = `SELECT CAST(json_group_array(json(cells)) AS BLOB) AS rows FROM (SELECT json_array(${columns.join(", ")}) AS cells FROM ${from})`;
    return this.unlessBroken(table, () => {
      const select = this.selects.get(sql) ?? new KeptStatement(this.db, sql);
      this.selects.set(sql, select);
      const { rows } = select.get(...values) as { rows: Buffer };
      return JSON.parse(rows.toString()) as Row[];
    });
  }

  private unlessBroken<Rows>(table: string, read: () => Rows): Rows {
    try {
      return read();
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      throw damaged(this.damage.add(`table ${table}`, `SQLite cannot read it (${error.message})`));
    }
  }
}
