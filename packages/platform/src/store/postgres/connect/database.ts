import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Client, type CustomTypesConfig, Pool, type PoolClient, type QueryResult, types } from "pg";
import { PlatformError } from "../../../error.js";
import { CopyOut } from "./copy-out.js";
import { ERA, ERA_COLUMN } from "./era.js";
import { isConnectionLost, isRepeatable, translated } from "./errors.js";
import { findPrimary } from "./find-primary.js";
import { giveBack } from "./give-back.js";
import { hostUrls } from "./hosts.js";

/** Longest time for a connection, and for one to become free, in milliseconds. */
const CONNECT_MS = 5000;

/** Longest time for a statement, on the server and as this process waits for it, in milliseconds. */
const STATEMENT_MS = 20_000;
const ANSWER_MS = 30_000;

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

/** Numbers of the driver are below 2^53; PostgreSQL's bigint would come as a text. */
const INT8_OID = 20;
const TYPES: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8_OID && format !== "binary" ? Number : types.getTypeParser(oid, format as "text"),
};

/** Asks one statement. Buffers go as they are, arrays as arrays of PostgreSQL. */
export type Ask = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Asks a query without parameters, of which no value is null. @returns the bytes of its values, as of `COPY ... (FORMAT binary)` */
export type Copy = (query: string) => Promise<Buffer[][]>;

/** How a database is reached. */
export interface DatabaseOptions {
  /** As of `hostUrls`. */
  url: string;
  /** Connections at most. @defaultValue 10 */
  connections?: number;
  /** Longest time for a connection, and for one to become free, in milliseconds. @defaultValue 5000 */
  connectMs?: number;
}

/** A PostgreSQL database: connections to its primary, whichever of its hosts that is. */
export class Database {
  private readonly urls: readonly string[];
  private readonly connections: number;
  private pool: Promise<Pool> | undefined;
  private readonly lostListeners = new Set<() => void>();
  private isClosed = false;
  private readonly connectMs: number;
  /** Connections that are doing something. */
  private inUse = 0;
  private seenEra: number | undefined;
  /** What the server's clock has said last, and when, in milliseconds of a clock that never jumps. */
  private clock: { ms: number; atMs: number } | undefined;

  /** @throws PlatformError `usage` */
  constructor({ url, connections = 10, connectMs = CONNECT_MS }: DatabaseOptions) {
    this.urls = hostUrls(url);
    this.connections = connections;
    this.connectMs = connectMs;
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
    while (!this.isClosed && performance.now() < endMs) {
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
  async connection(): Promise<Client> {
    try {
      const { options } = await this.primary();
      const client = new Client({ connectionString: options.connectionString!, connectionTimeoutMillis: CONNECT_MS, keepAlive: true });
      client.on("error", () => undefined);
      await client.connect();
      return client;
    } catch (error) {
      throw translated(error);
    }
  }

  /** Ends all connections, when what is being asked has been answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    const pool = await this.pool?.catch(() => undefined);
    if (pool !== undefined && !pool.ending) await pool.end();
  }

  private async withClient<Result>(work: (ask: Ask, client: PoolClient) => Promise<Result>): Promise<Result> {
    let client: PoolClient | undefined;
    let pool: Pool | undefined;
    // An error that comes while no statement is being asked.
    let brokenBy: Error | undefined;
    const onError = (error: Error): void => void (brokenBy = error);
    try {
      pool = await this.primary();
      client = await this.free(pool);
      client.on("error", onError);
      const connected = client;
      const ask = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
        if (brokenBy !== undefined) throw brokenBy;
        // Without values it is sent as it is, and may be several statements.
        const answer: QueryResult | QueryResult[] = await (values.length === 0
          ? connected.query(text)
          : connected.query(text, [...values]));
        const { rows } = Array.isArray(answer) ? answer.at(-1)! : answer;
        this.see((rows[0] as Record<string, unknown> | undefined)?.[ERA_COLUMN]);
        return rows as Row[];
      };
      const result = await work(ask, client);
      client.off("error", onError);
      this.inUse--;
      client.release();
      return result;
    } catch (error) {
      if (client !== undefined) this.inUse--;
      client?.off("error", onError);
      const isLost = isConnectionLost(error);
      // What has failed in a transaction ends with its connection, or is rolled back.
      if (client !== undefined) await giveBack(client, isLost || brokenBy !== undefined);
      if (isLost) this.lose(pool);
      throw translated(error);
    }
  }

  /** @returns a connection of the pool. Where all do something for long, none was lost: the others go on, and what is held stays */
  private async free(pool: Pool): Promise<PoolClient> {
    try {
      const client = await pool.connect();
      this.inUse++;
      return client;
    } catch (error) {
      if (this.inUse < this.connections) throw error;
      const message = `All ${this.connections} connections to the database have been busy for ${this.connectMs / 1000} seconds. Send it again in a moment.`;
      throw new PlatformError("store_failed", message, { retryAfterSeconds: 2 });
    }
  }

  /** The pool of the host that is the primary now. */
  private primary(): Promise<Pool> {
    if (this.isClosed) throw new PlatformError("stopping", "The platform is stopping. Send it again later.");
    if (this.pool === undefined) {
      const pool = findPrimary(this.urls, CONNECT_MS).then((url) => this.openPool(url));
      this.pool = pool;
      pool.catch(() => {
        if (this.pool === pool) this.pool = undefined;
      });
    }
    return this.pool;
  }

  private openPool(connectionString: string): Pool {
    const pool = new Pool({
      connectionString,
      max: this.connections,
      connectionTimeoutMillis: this.connectMs,
      query_timeout: ANSWER_MS,
      idleTimeoutMillis: ANSWER_MS,
      keepAlive: true,
      types: TYPES,
    });
    // One may die on its way from the pool to a question, where neither listens: an error that is not heard ends the process.
    pool.on("connect", (client) => client.on("error", () => undefined));
    // A connection that dies while it is idle.
    pool.on("error", () => this.lose(pool));
    return pool;
  }

  /** The primary may be another one now, and may have lost what it had not given to a standby. */
  private lose(pool: Pool | undefined): void {
    if (pool !== undefined && !pool.ending) {
      this.pool = undefined;
      // Those who wait for a connection of it are told.
      void pool.end().catch(() => undefined);
    }
    // What is remembered from here on is of the era that is seen next.
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
