import type Database from "libsql";
import { counted } from "../../../counted.js";
import type { Counted } from "../changed.js";
import type { DamageList } from "../damage.js";
import type { Memory } from "../memory.js";
import { KeptStatement } from "./kept-statement.js";
import { hasFormat1, type Meta } from "./open.js";
import { type ReadRow, readRows, selectFrom, type Table, type Value } from "./tables.js";

/** Reads rows of tables, and tells of those that are damaged or gone. */
export abstract class RowLoader {
  protected readonly db: Database.Database;
  protected readonly memory: Memory;
  protected readonly meta: Meta;
  protected readonly damage: DamageList;
  private readonly selects = new Map<string, KeptStatement>();

  /**
   * @param memory - filled. What is damaged is left out of it; rows of format 1 are marked as changed, so that the next checkpoint stores them with checksums
   * @param damage - told of what is damaged
   * @param meta - of the database
   */
  constructor(db: Database.Database, memory: Memory, damage: DamageList, meta: Meta) {
    this.db = db;
    this.memory = memory;
    this.damage = damage;
    this.meta = meta;
  }

  /** What only reads a store of an earlier platform does not find the tables that came later. */
  protected hasTable(table: Table): boolean {
    // As SQLite itself finds it, which does not mind capitals: damage may make some.
    return this.db.prepare("SELECT 1 FROM pragma_table_info(?)").get(table) !== undefined;
  }

  /** Takes the rows of a table that are whole; `take` throws for one that is not what its table says, which a row of format 1 may be. */
  protected each<Row>(
    table: Table,
    key: Record<string, string>,
    take: (row: Row, isSummed: boolean) => void,
    onDamage: (row: Row, sentence: string) => void = () => undefined,
    order = "",
  ): void {
    const [column] = Object.keys(key);
    this.eachRow(table, `${column === undefined ? "" : `WHERE ${column} = ?`} ${order}`, Object.values(key), take, onDamage);
  }

  /** As {@link each}. @param rest - what follows the table's name @param values - of its parameters */
  protected eachRow<Row>(
    table: Table,
    rest: string,
    values: readonly Value[],
    take: (row: Row, isSummed: boolean) => void,
    onDamage: (row: Row, sentence: string) => void = () => undefined,
  ): void {
    for (const read of readRows<Row>(this.select(table, rest), table, ...values)) {
      const why = this.whyNot(read, take);
      if (why !== undefined) onDamage(read.row, this.damage.add(`table ${table}, ${placeOf(read.row)}`, why));
    }
  }

  private select(table: Table, rest: string): KeptStatement {
    const sql = selectFrom(table, rest);
    const known = this.selects.get(sql) ?? new KeptStatement(this.db, sql);
    this.selects.set(sql, known);
    return known;
  }

  private whyNot<Row>({ row, isWhole }: ReadRow<Row>, take: (row: Row, isSummed: boolean) => void): string | undefined {
    if (isWhole === false || (isWhole === undefined && !hasFormat1(this.meta))) return "its checksum is wrong";
    try {
      take(row, isWhole === true);
      return undefined;
    } catch (error) {
      return `it cannot be read (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  /** Tells of rows of a table that are gone. @param found - those that are there */
  protected countRows(table: Counted, found: number): void {
    const missing = (this.meta.get(table) ?? found) - found;
    if (missing <= 0) return;
    this.memory.missing[table] = missing;
    this.damage.add(
      `table ${table}`,
      `${missing} of ${counted(missing + found, "row")} ${missing === 1 ? "is" : "are"} gone or cannot be read`,
    );
  }
}

function placeOf(row: unknown): string {
  const { id, no, instance, writer, name, version, training, revision } = row as Record<string, unknown>;
  const key = { id, no, instance, writer, name, version, training, revision };
  const parts = Object.entries(key).flatMap(([column, value]) =>
    typeof value === "string" || typeof value === "number" ? [`${column} = ${value}`] : [],
  );
  return `row ${parts.join(", ")}`;
}
