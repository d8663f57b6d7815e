import { Client, type CustomTypesConfig, Pool, type PoolClient, types } from "pg";
import { PlatformError } from "../../../error.js";
import { isConnectionLost, translated } from "./errors.js";
import { findPrimary } from "./find-primary.js";
import { giveBack } from "./give-back.js";
import { hostUrls } from "./hosts.js";
import { refuseBadCertificates } from "./tls-files.js";

/** Longest time for a connection, and for one to become free, in milliseconds. */
export const CONNECT_MS = 5000;

/** Longest time that this process waits for the answer to a statement, in milliseconds. */
export const ANSWER_MS = 30_000;

/** Numbers of the driver are below 2^53; PostgreSQL's bigint would come as a text. */
const INT8_OID = 20;
const TYPES: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8_OID && format !== "binary" ? Number : types.getTypeParser(oid, format as "text"),
};

/** How a database is reached. */
export interface DatabaseOptions {
  /** As of `hostUrls`. */
  url: string;
  /** Connections at most. @defaultValue 10 */
  connections?: number;
  /** Longest time for a connection, and for one to become free, in milliseconds. @defaultValue 5000 */
  connectMs?: number;
}

/** Connections to the primary of a database, whichever of its hosts that is. */
export class Connections {
  isClosed = false;
  private readonly urls: readonly string[];
  private readonly most: number;
  private readonly connectMs: number;
  private readonly tellLost: () => void;
  private pool: Promise<Pool> | undefined;
  /** Connections that are doing something. */
  private inUse = 0;

  /**
   * @param tellLost - called when a connection was lost
   * @throws PlatformError `usage`
   */
  constructor({ url, connections = 10, connectMs = CONNECT_MS }: DatabaseOptions, tellLost: () => void) {
    this.urls = hostUrls(url);
    refuseBadCertificates(this.urls[0]!);
    this.most = connections;
    this.connectMs = connectMs;
    this.tellLost = tellLost;
  }

  /**
   * Works with a connection. Where that fails, what was begun on it is rolled back.
   *
   * @param work - the second argument throws where the connection broke while no statement was being asked
   * @throws PlatformError `store_failed`, `store_full`, `stopping`, and what `work` throws
   */
  async use<Result>(work: (client: PoolClient, refuseBroken: () => void) => Promise<Result>): Promise<Result> {
    let client: PoolClient | undefined;
    let pool: Pool | undefined;
    let brokenBy: Error | undefined;
    const onError = (error: Error): void => void (brokenBy = error);
    const refuseBroken = (): void => {
      if (brokenBy !== undefined) throw brokenBy;
    };
    try {
      pool = await this.primary();
      client = await this.free(pool);
      client.on("error", onError);
      const result = await work(client, refuseBroken);
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

  /**
   * Opens a connection that is not one of these, for LISTEN; the caller ends it.
   *
   * @throws PlatformError `store_failed`, `stopping`
   */
  async open(): Promise<Client> {
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

  /** Ends all, when what is being asked has been answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    const pool = await this.pool?.catch(() => undefined);
    if (pool !== undefined && !pool.ending) await pool.end();
  }

  /** @returns a connection of the pool. Where all do something for long, none was lost: the others go on, and what is held stays */
  private async free(pool: Pool): Promise<PoolClient> {
    try {
      const client = await pool.connect();
      this.inUse++;
      return client;
    } catch (error) {
      if (this.inUse < this.most) throw error;
      const message = `All ${this.most} connections to the database have been busy for ${this.connectMs / 1000} seconds. Send it again in a moment.`;
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
      max: this.most,
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
    this.tellLost();
  }
}
