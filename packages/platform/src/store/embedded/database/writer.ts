import type Database from "libsql";
import type { EncodedChunk } from "../../levels/chunk.js";
import type { SeriesTotals } from "../../levels/totals.js";
import { inSlices, type Steps } from "../../slices.js";
import { chunkColumns } from "./chunks.js";
import { type AsyncConnection, connectBeside, type Statement } from "./connect.js";
import { figureValues, INSERT_FIGURES } from "./figures.js";
import { INSERT_HEAD } from "./heads.js";
import type { MetaKey } from "./open.js";
import { insertInto, readRow, selectFrom, TABLES, type Table, type Value, withSum } from "./tables.js";

/** Where rows of an instance are. */
const OF_INSTANCE = [
  "series WHERE instance",
  "writers WHERE instance",
  "events WHERE instance",
  "log_pieces WHERE instance",
  "heads WHERE id",
  "instances WHERE id",
];

/** Where rows of a training are. */
const OF_TRAINING = ["revisions WHERE training", "trainings WHERE name"];

/** The connection that writes. Transactions wait for one another; commits and WAL checkpoints do not hold this thread up. */
export class DatabaseWriter {
  private readonly db: AsyncConnection;
  private rows: RowWriter | undefined;
  private last: Promise<void> = Promise.resolve();

  /**
   * @param path - of an open database
   * @param reading - the connection that reads
   */
  constructor(path: string, reading: Database.Database) {
    this.db = connectBeside(path, reading);
  }

  /**
   * Writes in a transaction of its own.
   *
   * @param work - its steps; started when the transactions before it have ended
   * @throws the database's error; then nothing was written
   */
  async transaction(work: (rows: RowWriter) => Steps): Promise<void> {
    const done = this.last.then(() => this.write(work));
    this.last = done.catch(() => undefined);
    await done;
  }

  /** Waits for the transactions, then closes. */
  async close(): Promise<void> {
    await this.last;
    this.db.close();
  }

  private async write(work: (rows: RowWriter) => Steps): Promise<void> {
    const { db } = this;
    this.rows ??= await this.prepare();
    await db.exec("BEGIN IMMEDIATE");
    try {
      await inSlices(work(this.rows));
      await db.exec("COMMIT");
    } catch (error) {
      // One that failed is not reset, see `KeptStatement`.
      this.rows = undefined;
      // SQLite has rolled back by itself when the disk was full.
      if (db.inTransaction) await db.exec("ROLLBACK");
      throw error;
    }
    // One that fails leaves its pages in the WAL, for the next.
    await db.exec("PRAGMA wal_checkpoint(PASSIVE)").catch(() => undefined);
  }

  private async prepare(): Promise<RowWriter> {
    // The WAL is brought into the database here after each commit, not by SQLite within one.
    const pragmas = ["busy_timeout = 5000", "synchronous = FULL", "cache_size = -16384", "cell_size_check = ON", "wal_autocheckpoint = 0"];
    for (const pragma of pragmas) await this.db.exec(`PRAGMA ${pragma}`);
    const insert = new Map<Table, Statement>();
    for (const table of TABLES) insert.set(table, await this.db.prepare(insertInto(table)));
    const others = {
      head: await this.db.prepare(INSERT_HEAD),
      figures: await this.db.prepare(INSERT_FIGURES),
      chunk: await this.db.prepare("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?)"),
    };
    const select = {
      lastPiece: await this.db.prepare(selectFrom("log_pieces", "WHERE instance = ? ORDER BY start DESC LIMIT 1")),
      pieceAt: await this.db.prepare(selectFrom("log_pieces", "WHERE id = ?")),
      models: await this.db.prepare("SELECT count(*) AS count FROM models"),
      evaluations: await this.db.prepare("SELECT count(*) AS count FROM evaluations"),
      chunkAt: await this.db.prepare("SELECT CAST(head AS BLOB) AS head, CAST(body AS BLOB) AS body FROM chunks WHERE id = ?"),
    };
    const removesOf = (places: readonly string[]): Promise<Statement[]> =>
      Promise.all(places.map((place) => this.db.prepare(`DELETE FROM ${place} = ?`)));
    const [instance, training] = [await removesOf(OF_INSTANCE), await removesOf(OF_TRAINING)];
    const series = await this.db.prepare("DELETE FROM series WHERE no = ?");
    const chunks = await this.db.prepare("DELETE FROM chunks WHERE id >= ? AND id < ?");
    const figures = await this.db.prepare("DELETE FROM figures WHERE name = ? AND instance = ?");
    return new RowWriter(insert, others, select, { chunks, figures, series, instance, training });
  }
}

/** Writes rows with their checksums, within a transaction. */
export class RowWriter {
  private readonly insertRow: ReadonlyMap<Table, Statement>;
  private readonly insert: Inserts;
  private readonly select: Selects;
  private readonly remove: Removes;

  constructor(insertRow: ReadonlyMap<Table, Statement>, insert: Inserts, select: Selects, remove: Removes) {
    this.insertRow = insertRow;
    this.insert = insert;
    this.select = select;
    this.remove = remove;
  }

  /** @param values - in the order of the table's columns */
  put(table: Table, ...values: Value[]): void {
    this.insertRow.get(table)!.run(...withSum(table, values));
  }

  putMeta(key: MetaKey, value: number): void {
    this.put("meta", key, value);
  }

  /** @param values - of `headValues` */
  putHead(values: readonly Value[]): void {
    this.insert.head.run(...values);
  }

  /** @param name - of a metric */
  putFigures(name: string, instance: string, totals: SeriesTotals): void {
    this.insert.figures.run(...figureValues(name, instance, totals));
  }

  putChunk(id: number, chunk: EncodedChunk): void {
    this.insert.chunk.run(id, ...chunkColumns(id, chunk));
  }

  /** @returns how many rows a table has */
  count(table: "models" | "evaluations"): number {
    return Number(this.select[table].get()!["count"]);
  }

  /** Removes chunks with ids from `first` on and below `end`. */
  removeChunks(first: number, end: number): void {
    this.remove.chunks.run(first, end);
  }

  /** Removes the row of a series. */
  removeSeries(no: number): void {
    this.remove.series.run(no);
  }

  /** @param name - of a metric */
  removeFigures(name: string, instance: string): void {
    this.remove.figures.run(name, instance);
  }

  /** Removes an instance and what belongs to it, but for chunks and figures of its series. */
  removeInstance(id: string): void {
    for (const statement of this.remove.instance) statement.run(id);
  }

  /** Removes what was told of a training, and its params. */
  removeTraining(name: string): void {
    for (const statement of this.remove.training) statement.run(name);
  }

  /** @returns the last piece of an instance's log; `undefined` when there is none, or it is damaged */
  lastPiece(instance: string): LogPieceRow | undefined {
    return readPiece(this.select.lastPiece.get(instance), true);
  }

  /** @returns a piece of format 1 by the number of its row; `undefined` for others */
  pieceAt(id: number): LogPieceRow | undefined {
    return readPiece(this.select.pieceAt.get(id), false);
  }

  /** @returns columns of a chunk as they are stored */
  chunkAt(id: number): { head: Uint8Array; body: Uint8Array } | undefined {
    return this.select.chunkAt.get(id) as { head: Uint8Array; body: Uint8Array } | undefined;
  }
}

interface Removes {
  series: Statement;
  chunks: Statement;
  figures: Statement;
  instance: readonly Statement[];
  training: readonly Statement[];
}

/** Of tables whose rows have no checksum of their own kind. */
type Inserts = Record<"head" | "figures" | "chunk", Statement>;

type Selects = Record<"lastPiece" | "pieceAt" | "chunkAt" | "models" | "evaluations", Statement>;

function readPiece(raw: Record<string, unknown> | undefined, isNewWanted: boolean): LogPieceRow | undefined {
  if (raw === undefined) return undefined;
  const { row, isWhole } = readRow<LogPieceRow>("log_pieces", raw);
  return isWhole === undefined || (isWhole && isNewWanted) ? row : undefined;
}

/** A row of the table `log_pieces`. */
export interface LogPieceRow {
  instance: string;
  start: number;
  bytes: Uint8Array;
  /** Null in one of format 1. */
  marks: Uint8Array | null;
}
