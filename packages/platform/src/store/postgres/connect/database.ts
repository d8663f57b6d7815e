import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Client, PoolClient, QueryResult } from "pg";
import { PlatformError } from "../../../error.js";
import { ANSWER_MS, CONNECT_MS, Connections, type DatabaseOptions } from "./connections.js";
import { CopyOut } from "./copy-out.js";
import { ERA, ERA_COLUMN } from "./era.js";
import { isConnectionLost, isRepeatable } from "./errors.js";

/** Longest time for a statement on the server, in milliseconds. */
const STATEMENT_MS = 20_000;

/** How often a transaction is begun again that collided with others. */
const TRIES = 5;

/** How often is asked what became of a commit. */
const ASK_AGAIN_MS = 200;

/** No session state: it holds for this transaction only, so a pooler may give each transaction another connection. */
const LIMITS = `SET LOCAL statement_timeout = ${STATEMENT_MS}; SET LOCAL lock_timeout = ${STATEMENT_MS / 2}; SET LOCAL idle_in_transaction_session_timeout = ${ANSWER_MS}`;

const FIND_MARK = "SELECT no FROM ava.changes WHERE xid = $1::text::xid8 AND what::json ->> 'mark' = $2";

/** Says nothing: a commit of something that is written waits for the standby. */
const CONFIRM = `INSERT INTO ava.changes (what) VALUES ('{"by":""}')`;

const CLOCK = `extract(epoch FROM clock_timestamp())::float8 * 1000 AS "clockMs"`;

/** Tells the number of the transaction. */
const BEGIN = `BEGIN; ${LIMITS}; SELECT pg_current_xact_id()::text AS xid, ${CLOCK}, ${ERA}`;

const BEGIN_SNAPSHOT = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${LIMITS}; SELECT ${CLOCK}, ${ERA}`;

/** By how much a time that a replica tells may be later than the database's clock, in milliseconds: a busy machine hears late what that clock says. */
const MOST_AHEAD_MS = 5000;

/** A statement that times out while it waits for a synchronous standby would be told as committed: it has no time limit of the server's. */
const COMMIT = "SET LOCAL statement_timeout = 0; COMMIT";

/** Asks one statement. Buffers go as they are, arrays as arrays of PostgreSQL. */
export type Ask = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Asks a query without parameters, of which no value is null. @returns the bytes of its values, as of `COPY ... (FORMAT binary)` */
export type Copy = (query: string) => Promise<Buffer[][]>;

/** A PostgreSQL database: statements and transactions on its primary, whichever of its hosts that is. */
export class Database {
  private readonly connections: Connections;
  private readonly lostListeners = new Set<() => void>();
  private seenEra: number | undefined;
  /** What the server's clock has said last, and when, in milliseconds of a clock that never jumps. */
  private clock: { ms: number; atMs: number } | undefined;

  /** @throws PlatformError `usage` */
  constructor(options: DatabaseOptions) {
    this.connections = new Connections(options, () => this.forget());
  }

  /** As of `ERA`, of the last answer that named it: another one than before says that the database may have gone back. */
  get era(): number | undefined {
    return this.seenEra;
  }

  /**
   * @param ms - what the clock of this machine says
   * @returns the same, unless it is ahead of the server's clock as each transaction tells it: then a time that is not. What was heard in the future would seem to be
   * heard until then
   */
  notAhead(ms: number): number {
    const { clock } = this;
    return clock === undefined ? ms : Math.min(ms, clock.ms + performance.now() - clock.atMs + MOST_AHEAD_MS);
  }

  /**
   * @param listener - called when a connection was lost, and when another era was seen, before what was asked is answered: what this process remembers may not be
   * what the database holds any more
   */
  onLost(listener: () => void): void {
    this.lostListeners.add(listener);
  }

  /** Asks one statement, which is its own transaction. @throws PlatformError `store_failed`, `store_full`, `stopping` */
  readonly ask: Ask = (text, values = []) => this.withClient((ask) => ask(text, values));

  /** Asks one query as {@link Copy}. Its first row is 0 and the bytes of `ERA`: they are looked at, as those of {@link ask} are. @throws as {@link ask} */
  readonly copy: Copy = async (query) => {
    const rows = await this.withClient((_ask, client) => client.query(new CopyOut(query)).rows);
    this.see(Number(rows[0]![1]!.readBigInt64BE()));
    return rows;
  };

  /**
   * Does several statements in one transaction; begun again where it collides with others. Where the answer to its commit is lost, it is asked for by the
   * number of the transaction: what was kept, and has its mark in a row of `changes`, is told as kept.
   *
   * @param work - may be called more than once, each time with another mark; what it throws takes everything back
   * @throws PlatformError `store_failed`, `store_full`, `stopping`, and what `work` throws
   */
  async transaction<Result>(work: (ask: Ask, mark: string) => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      const mark = randomBytes(8).toString("hex");
      let unanswered: { xid: string; result: Result } | undefined;
      try {
        return await this.withClient(async (ask, client) => {
          const [begun] = await ask<{ xid: string; clockMs: number }>(BEGIN);
          this.hear(begun!);
          const result = await work(ask, mark);
          unanswered = { xid: begun!.xid, result };
          await commit(ask, client);
          return result;
        });
      } catch (error) {
        const cause = error instanceof PlatformError ? error.cause : error;
        if (unanswered !== undefined && isConnectionLost(cause) && (await this.isKept(unanswered.xid, mark))) return unanswered.result;
        if (tries === TRIES || !isRepeatable(cause)) throw error;
      }
    }
  }

  /**
   * A server that crashed gives numbers again that had not reached its disk, and so does a standby that was promoted: only the mark tells whose transaction
   * it is. One whose wait for a standby was ended with its connection is committed on the primary alone: it is believed once a later commit is confirmed.
   *
   * @returns whether a transaction whose connection was lost is known to be committed
   */
  private async isKept(xid: string, mark: string): Promise<boolean> {
    const endMs = performance.now() + CONNECT_MS;
    while (!this.connections.isClosed && performance.now() < endMs) {
      try {
        const [row] = await this.ask<{ status: string | null }>("SELECT pg_xact_status($1::text::xid8) AS status", [xid]);
        if (row!.status !== "in progress") {
          if (row!.status !== "committed" || (await this.ask(FIND_MARK, [xid, mark])).length === 0) return false;
          await this.transaction((ask) => ask(CONFIRM));
          return true;
        }
      } catch (error) {
        // Not there yet; or another server, to which it never came.
        if (!(error instanceof PlatformError)) return false;
      }
      await setTimeout(ASK_AGAIN_MS);
    }
    return false;
  }

  /** Asks several statements that see the same moment. @throws PlatformError `store_failed`, `stopping`, and what `work` throws */
  snapshot<Result>(work: (ask: Ask, copy: Copy) => Promise<Result>): Promise<Result> {
    return this.withClient(async (ask, client) => {
      const [begun] = await ask<{ clockMs: number }>(BEGIN_SNAPSHOT);
      this.hear(begun!);
      const result = await work(ask, (query) => client.query(new CopyOut(query)).rows);
      await ask("COMMIT");
      return result;
    });
  }

  /**
   * Opens a connection of its own, for LISTEN; the caller ends it.
   *
   * @throws PlatformError `store_failed`, `stopping`
   */
  connection(): Promise<Client> {
    return this.connections.open();
  }

  /** Ends all connections, when what is being asked has been answered. */
  close(): Promise<void> {
    return this.connections.close();
  }

  private withClient<Result>(work: (ask: Ask, client: PoolClient) => Promise<Result>): Promise<Result> {
    return this.connections.use((client, refuseBroken) => {
      const ask = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
        refuseBroken();
        // Without values it is sent as it is, and may be several statements.
        const answer: QueryResult | QueryResult[] = await (values.length === 0 ? client.query(text) : client.query(text, [...values]));
        const { rows } = Array.isArray(answer) ? answer.at(-1)! : answer;
        this.see((rows[0] as Record<string, unknown> | undefined)?.[ERA_COLUMN]);
        return rows as Row[];
      };
      return work(ask, client);
    });
  }

  /** What is remembered from here on is of the era that is seen next. */
  private forget(): void {
    this.seenEra = undefined;
    for (const listener of this.lostListeners) listener();
  }

  private hear({ clockMs }: { clockMs: number }): void {
    this.clock = { ms: clockMs, atMs: performance.now() };
  }

  /** Behind a pooler no connection is lost: the server behind it may be another one, or the database may. */
  private see(era: unknown): void {
    if (typeof era !== "number" || era === this.seenEra) return;
    const isOther = this.seenEra !== undefined;
    this.seenEra = era;
    if (isOther) for (const listener of this.lostListeners) listener();
  }
}

/** Commits, and believes it only where the server has no reservation: a cancelled wait for a standby ends with a warning alone. */
async function commit(ask: Ask, client: PoolClient): Promise<void> {
  let warning: string | undefined;
  const onNotice = ({ severity, message }: { severity?: string | undefined; message?: string | undefined }): void => {
    if (severity === "WARNING") warning = message ?? severity;
  };
  client.on("notice", onNotice);
  try {
    await ask(COMMIT);
  } finally {
    client.off("notice", onNotice);
  }
  if (warning === undefined) return;
  throw new PlatformError("store_failed", `The database did not confirm that it keeps what was sent: ${warning}. Send it again.`, {
    retryAfterSeconds: 2,
  });
}
