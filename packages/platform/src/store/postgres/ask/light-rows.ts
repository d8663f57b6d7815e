import { PlatformError } from "../../../error.js";
import { MANY_ROWS, MAX_ROWS, RememberedMetrics } from "../../listing/remembered.js";
import type { Ask, Database } from "../connect/database.js";
import type { FactsReader } from "./facts-reader.js";
import { BLOCK_ROWS, LIGHT, type LightRow, lightRow, NO_SERIES, type Row } from "./light.js";

/** After how long without a look all are read again, in milliseconds: rows that were deleted and removed for good meanwhile, days later, tell nothing. */
const FORGET_MS = 3_600_000;

/**
 * Rows of transactions from `$1` on: one that was under way then may have been over since. Numbers of transactions begin again after 2^32, ages do not. The age of a row that was written
 * more than 2^31 transactions before is negative: that number is one of the future by now.
 */
const CHANGED = `SELECT ${LIGHT}, i.deleted_ms IS NOT NULL AS "isDeleted" FROM ava.instances i
  WHERE i.no > $2 AND ($1::text IS NULL OR age(i.xmin) BETWEEN 0 AND (SELECT age($1::text::xid8::xid))) ORDER BY i.no LIMIT $3`;

/** Where the next look begins, and whether a transaction that has changed something may have ended since the look before. */
const MARK = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark, pg_snapshot_xmax(pg_current_snapshot()) > $1::text::xid8 IS NOT FALSE AS "hasChanged"`;

/** What a question sees: all of it as of one moment after it came. */
export interface Moment {
  ask: Ask;
  /** Rows of all instances that are not deleted; `undefined` where they are too many to be remembered, were not asked for, or an index answers before many are read. */
  rows: readonly LightRow[] | undefined;
  /** The rows are known to have figures of all metrics that the question looks at. */
  haveFigures?: boolean;
}

/** Looks that are under way at most: other connections are for what comes in. */
const MAX_LOOKS = 3;

/** A question that waits for its look. */
interface Question {
  /** Its promise is rejected by what makes the transaction worthless. */
  answer: (moment: Moment) => Promise<void>;
  fail: (error: unknown) => void;
  /** Whether an index can answer it, too. */
  isIndexed: boolean;
}

/** The light rows of all instances, as this process has read them: a look reads those that changed since the one before it, and serves all questions that came before it began. */
export class LightRows {
  private readonly database: Database;
  private readonly facts: FactsReader;
  private readonly now: () => number;
  private readonly rows = new Map<number, LightRow>();
  /** Transactions from there on are looked at; absent where all rows are to be read. */
  private from: string | undefined;
  private lookedMs = Number.NaN;
  /** Counts how often all was forgotten. */
  private generation = 0;
  private isTooMany = false;
  private readonly metrics = new RememberedMetrics();
  private waiting: Question[] = [];
  private looks = 0;
  /** Whether a look has not come to its rows yet: those of one moment are put before those of the next. */
  private isReading = false;
  /** Whether the look that reads has many rows to read. */
  private isReadingMany = false;

  /** @param facts - is told which instances are deleted @param now - milliseconds since 1970 */
  constructor(database: Database, facts: FactsReader, now: () => number) {
    this.database = database;
    this.facts = facts;
    this.now = now;
  }

  /** Forgets all: a database that went back gives numbers of transactions again. */
  clear(): void {
    this.generation++;
    this.rows.clear();
    this.from = undefined;
    this.isTooMany = false;
  }

  /**
   * @param metrics - names of those whose figures will be put to the rows
   * @param answer - asks nothing but the moment: another connection might wait for this one
   * @param isIndexed - whether it can answer without rows, and does so where many are to be read
   * @returns what it answers
   * @throws PlatformError `store_failed`, and what `answer` throws
   */
  at<Answer>(metrics: Iterable<string>, answer: (moment: Moment) => Promise<Answer>, isIndexed = false): Promise<Answer> {
    // Rows that questions look at now keep their figures.
    if (this.metrics.add(metrics)) for (const [no, row] of this.rows) this.rows.set(no, { ...row, series: NO_SERIES });
    return new Promise((resolve, reject) => {
      const settle = async (moment: Moment): Promise<void> => {
        try {
          resolve(await answer(moment));
        } catch (error) {
          if (!(error instanceof PlatformError)) throw error;
          reject(error);
        }
      };
      this.waiting.push({ answer: settle, fail: reject, isIndexed });
      if (this.isReadingMany) this.pass();
      void this.look();
    });
  }

  /** @returns whether rows are not remembered because they are too many */
  get areTooMany(): boolean {
    return this.isTooMany;
  }

  /** Questions that an index can answer do not wait while many rows are read. */
  private pass(): void {
    const passing = this.waiting.filter(({ isIndexed }) => isIndexed);
    this.waiting = this.waiting.filter(({ isIndexed }) => !isIndexed);
    for (const { answer, fail } of passing) this.database.snapshot((ask) => answer({ ask, rows: undefined })).catch(fail);
  }

  private async look(): Promise<void> {
    if (this.isReading || this.looks === MAX_LOOKS || this.waiting.length === 0) return;
    const { isIndexed } = this.waiting[0]!;
    const questions = this.waiting.filter((question) => question.isIndexed === isIndexed);
    this.waiting = this.waiting.filter((question) => question.isIndexed !== isIndexed);
    let isReading = true;
    this.isReading = true;
    this.looks++;
    try {
      await this.database.snapshot(async (ask) => {
        const rows = await this.read(ask, isIndexed);
        isReading = false;
        this.isReading = this.isReadingMany = false;
        void this.look();
        const answers = await Promise.allSettled(questions.map(({ answer }) => answer({ ask, rows })));
        for (const one of answers) if (one.status === "rejected") throw one.reason;
      });
    } catch (error) {
      // Those that have their answer keep it.
      for (const { fail } of questions) fail(error);
    } finally {
      if (isReading) this.isReading = this.isReadingMany = false;
      this.looks--;
      void this.look();
    }
  }

  /** @param ask - sees one moment @param isIndexed - whether many rows are not read @returns the rows, which stay as they are: what is remembered goes on with other ones */
  private async read(ask: Ask, isIndexed: boolean): Promise<readonly LightRow[] | undefined> {
    const nowMs = this.now();
    if (!(Math.abs(nowMs - this.lookedMs) < FORGET_MS)) this.clear();
    if (this.isTooMany) return undefined;
    const { generation, from } = this;
    const [now] = await ask<{ mark: string; hasChanged: boolean }>(MARK, [from ?? null]);
    const changed: { no: number; row: LightRow | undefined }[] = [];
    for (let isMore = now!.hasChanged; isMore && changed.length <= MAX_ROWS; ) {
      if (from === undefined || changed.length >= MANY_ROWS) {
        if (isIndexed) return undefined;
        this.isReadingMany = true;
        this.pass();
      }
      const rows = await ask<Row & { isDeleted: boolean }>(CHANGED, [from ?? null, changed.at(-1)?.no ?? 0, BLOCK_ROWS]);
      for (const row of rows) changed.push({ no: row.no, row: row.isDeleted ? undefined : lightRow(row) });
      isMore = rows.length === BLOCK_ROWS;
    }
    if (generation !== this.generation) return this.read(ask, isIndexed);
    for (const { no, row } of changed) {
      if (row !== undefined) this.rows.set(no, row);
      else {
        this.facts.forget(no);
        this.rows.delete(no);
      }
    }
    this.isTooMany = this.rows.size > MAX_ROWS;
    if (this.isTooMany) this.rows.clear();
    this.from = now!.mark;
    this.lookedMs = nowMs;
    return this.isTooMany ? undefined : [...this.rows.values()];
  }
}
