import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { AccessKeep } from "../access/access-keep.js";
import type { SharedCounts } from "../access/attempt-limit.js";
import { type EndedSessions, SESSION_SECONDS } from "../access/ended-sessions.js";
import { keyFor, SECRET_BYTES } from "../access/secret-file.js";
import { newToken } from "../access/token-file.js";
import { Database } from "../store/postgres/connect/database.js";
import { sharedSecret } from "./shared-secret.js";

/** How often is looked at what other replicas did: a logout holds everywhere after that, in milliseconds. */
const LOOK_MS = 1000;

/** How long a wrong attempt waits to be told to the others, in milliseconds; then it counts here alone until they look. */
const TELL_MS = 2000;

/** Rows that were written so long before they could be seen are not missed, in milliseconds. */
const LATE_MS = 60_000;

/** How often rows that say nothing any more are removed, in milliseconds. */
const SWEEP_MS = 60_000;

/** Addresses that a replica remembers of the others. */
const MAX_NETWORKS = 10_000;

const COUNT_OF = `SELECT kind, network, count(*) AS wrong, extract(epoch FROM min(ends) - now())::float8 * 1000 AS "restMs"
  FROM ava.wrong_attempts WHERE ends > now()`;

/** Counts of each network, and of all (`network` is null). */
const COUNTS = `${COUNT_OF} GROUP BY GROUPING SETS ((kind, network), (kind)) ORDER BY count(*) DESC LIMIT ${MAX_NETWORKS}`;

/** Asked once the attempt is committed, so that of two replicas the later one counts both. */
const COUNT_OF_ONE = `${COUNT_OF} AND kind = $1 AND network = $2 GROUP BY kind, network`;

interface CountRow {
  kind: string;
  network: string | null;
  wrong: number;
  restMs: number;
}

interface SharedCount {
  wrong: number;
  endMs: number;
  /** When it was asked for, of `performance.now`. */
  atMs: number;
}

/** What replicas share to let requests in: kept in their database. */
export class SharedAccess implements AccessKeep {
  readonly secret: Buffer;
  readonly ended: EndedSessions;
  private readonly database: Database;
  private readonly now: () => number;
  private readonly kept: { token: string; isNew: boolean };
  private readonly endedIds = new Set<string>();
  private counts = new Map<string, SharedCount>();
  private readonly timers: NodeJS.Timeout[];
  private seenAtMs: number | undefined;
  private looking = false;

  private constructor(database: Database, now: () => number, secret: Buffer, kept: { token: string; isNew: boolean }) {
    this.database = database;
    this.now = now;
    this.secret = secret;
    this.kept = kept;
    this.ended = {
      has: (id) => this.endedIds.has(id),
      add: async (id, startS) => {
        this.endedIds.add(id);
        await database.ask("INSERT INTO ava.ended_sessions (id, start_s) VALUES ($1, $2) ON CONFLICT DO NOTHING", [id, startS]);
      },
    };
    // While the database is away, requests fail anyway: it is looked again.
    const every = (ms: number, work: () => Promise<unknown>) => setInterval(() => void work().catch(() => undefined), ms).unref();
    this.timers = [every(LOOK_MS, () => this.look()), every(SWEEP_MS, () => this.sweep())];
  }

  /**
   * @param url - of a database that has our tables
   * @param now - milliseconds since 1970
   * @throws PlatformError `store_failed`, `store_full`
   */
  static async open(url: string, now: () => number): Promise<SharedAccess> {
    // Connections of its own: a login does not wait behind what trainings send.
    const database = new Database({ url, connections: 2 });
    try {
      const secret = await sharedSecret(database.ask, "key", randomBytes(SECRET_BYTES).toString("base64url"));
      const token = await sharedSecret(database.ask, "token", newToken());
      const access = new SharedAccess(database, now, Buffer.from(secret.value, "base64url"), { token: token.value, isNew: token.isNew });
      await access.look();
      return access;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  token(): { token: string; isNew: boolean } {
    return this.kept;
  }

  attempts(kind: string): SharedCounts {
    // A guess may be a token with a slip of the finger: only a key makes it a name that tells nothing.
    const nameOf = (guess: string) => keyFor(this.secret, "wrong attempts", guess).toString("base64url");
    const { ask } = this.database;
    const tell = async (network: string, guess: string, windowMs: number): Promise<void> => {
      const text = `INSERT INTO ava.wrong_attempts (kind, network, guess, ends)
        VALUES ($1, $2, $3, now() + make_interval(secs => $4)) ON CONFLICT DO NOTHING`;
      await ask(text, [kind, network, nameOf(guess), windowMs / 1000]);
      for (const row of await ask<CountRow>(COUNT_OF_ONE, [kind, network])) this.counts.set(keyOf(kind, network), this.counted(row));
    };
    return {
      tell: (network, guess = randomBytes(12).toString("hex"), windowMs) =>
        Promise.race([tell(network, guess, windowMs), delay(TELL_MS, undefined, { ref: false })]).catch(() => undefined),
      forget: (network) => {
        this.counts.delete(keyOf(kind, network));
        void ask("DELETE FROM ava.wrong_attempts WHERE kind = $1 AND network = $2", [kind, network]).catch(() => undefined);
      },
      of: (network) => {
        const count = this.counts.get(keyOf(kind, network ?? null));
        return count !== undefined && count.endMs > this.now() ? count : undefined;
      },
    };
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.database.close();
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const beganAtMs = performance.now();
      const sinceMs = this.seenAtMs === undefined ? SESSION_SECONDS * 1000 : beganAtMs - this.seenAtMs + LATE_MS;
      const text = "SELECT id FROM ava.ended_sessions WHERE at > now() - make_interval(secs => $1)";
      for (const { id } of await this.database.ask<{ id: string }>(text, [sinceMs / 1000])) this.endedIds.add(id);
      const rows = await this.database.ask<CountRow>(COUNTS);
      // What was told meanwhile may be missing in the answer.
      const newer = [...this.counts].filter(([, { atMs }]) => atMs >= beganAtMs);
      this.counts = new Map([...rows.map((row): [string, SharedCount] => [keyOf(row.kind, row.network), this.counted(row)]), ...newer]);
      this.seenAtMs = beganAtMs;
    } finally {
      this.looking = false;
    }
  }

  private counted({ wrong, restMs }: CountRow): SharedCount {
    return { wrong, endMs: this.now() + restMs, atMs: performance.now() };
  }

  private async sweep(): Promise<void> {
    await this.database.ask("DELETE FROM ava.wrong_attempts WHERE ends < now()");
    const text = "DELETE FROM ava.ended_sessions WHERE at < now() - make_interval(secs => $1) RETURNING id";
    for (const { id } of await this.database.ask<{ id: string }>(text, [SESSION_SECONDS])) this.endedIds.delete(id);
  }
}

function keyOf(kind: string, network: string | null): string {
  return network === null ? kind : `${kind} ${network}`;
}
