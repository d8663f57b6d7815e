import { MAX_ROWS, RememberedMetrics } from "../../listing/remembered.js";
import type { Ask, Database } from "../connect/database.js";
import { BLOCK_ROWS, type FactsReader, LIGHT, type LightRow, lightRow, type Row } from "./light.js";

/** After how long without a look all are read again, in milliseconds: rows that were deleted and removed for good meanwhile, days later, tell nothing. */
const FORGET_MS = 3_600_000;

/** Rows of transactions from `$1` on: one that was under way then may have been over since. Numbers of transactions begin again after 2^32, ages do not. */
const CHANGED = `SELECT ${LIGHT}, i.deleted_ms IS NOT NULL AS "isDeleted" FROM ava.instances i
  WHERE i.no > $2 AND ($1::text IS NULL OR age(i.xmin) <= (SELECT age($1::text::xid8::xid))) ORDER BY i.no LIMIT $3`;

/** Where the next look begins, and whether a transaction that has changed something may have ended since the look before. */
const MARK = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark, pg_snapshot_xmax(pg_current_snapshot()) > $1::text::xid8 IS NOT FALSE AS "hasChanged"`;

/** The light rows of all instances, as this process has read them: a question reads those that changed since the one before it. */
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
  private looking: Promise<unknown> = Promise.resolve();
  private next: Promise<readonly LightRow[] | undefined> | undefined;

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
   * @returns rows that are not deleted, as of one moment after the question came; `undefined` where they are too many to be remembered
   * @throws PlatformError `store_failed`
   */
  all(metrics: Iterable<string>): Promise<readonly LightRow[] | undefined> {
    // Rows that questions look at now stay as they are.
    if (this.metrics.add(metrics)) this.clear();
    // A look that has not begun yet serves all that ask for one.
    this.next ??= this.looking
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        const look = this.look();
        this.looking = look;
        return look;
      });
    return this.next;
  }

  private async look(): Promise<readonly LightRow[] | undefined> {
    const nowMs = this.now();
    if (!(Math.abs(nowMs - this.lookedMs) < FORGET_MS)) this.clear();
    if (this.isTooMany) return undefined;
    const { generation, from } = this;
    const { mark, changed } = await this.database.snapshot((ask) => readChanged(ask, from));
    if (generation !== this.generation) return this.look();
    for (const row of changed) {
      if (row.isDeleted) this.facts.forget(row.no);
      if (row.isDeleted) this.rows.delete(row.no);
      else this.rows.set(row.no, lightRow(row));
    }
    this.isTooMany = this.rows.size > MAX_ROWS;
    if (this.isTooMany) this.rows.clear();
    this.from = mark;
    this.lookedMs = nowMs;
    return this.isTooMany ? undefined : [...this.rows.values()];
  }
}

type ChangedRow = Row & { isDeleted: boolean };

async function readChanged(ask: Ask, from: string | undefined): Promise<{ mark: string; changed: readonly ChangedRow[] }> {
  const [now] = await ask<{ mark: string; hasChanged: boolean }>(MARK, [from ?? null]);
  const changed: ChangedRow[] = [];
  for (let isMore = now!.hasChanged; isMore && changed.length <= MAX_ROWS; ) {
    const rows = await ask<ChangedRow>(CHANGED, [from ?? null, changed.at(-1)?.no ?? 0, BLOCK_ROWS]);
    for (const row of rows) changed.push(row);
    isMore = rows.length === BLOCK_ROWS;
  }
  return { mark: now!.mark, changed };
}
