import type Database from "libsql";
import type { Value } from "./tables.js";

/**
 * A question that is asked again and again. libsql does not reset a statement whose `get` failed, so it takes no new values: the next `get` would be answered with the row of the question
 * that failed. One that failed is prepared anew.
 */
export class KeptStatement {
  private readonly db: Database.Database;
  private readonly sql: string;
  private prepared: Database.Statement | undefined;

  /** @throws the database's error, where it does not have what `sql` names */
  constructor(db: Database.Database, sql: string) {
    this.db = db;
    this.sql = sql;
    this.prepared = db.prepare(sql);
  }

  /** @returns the first row; `undefined` where there is none @throws the database's error */
  get(...values: Value[]): unknown {
    return this.ask((statement) => statement.get(...values));
  }

  /** @returns all rows @throws the database's error */
  all(...values: Value[]): unknown[] {
    return this.ask((statement) => statement.all(...values));
  }

  private ask<Answer>(question: (statement: Database.Statement) => Answer): Answer {
    const statement = this.prepared ?? this.db.prepare(this.sql);
    this.prepared = undefined;
    const answer = question(statement);
    this.prepared = statement;
    return answer;
  }
}
