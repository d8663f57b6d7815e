import type { ChangePage } from "../../contract/change.js";
import { ChangeTrack } from "../../state/change-track.js";
import { logBytes } from "../../state/instance.js";
import type { Applied } from "../../state/target.js";
import type { Database } from "../connect/database.js";
import { ERA } from "../connect/era.js";
import type { HeldInstance } from "../hold/held.js";
import type { Loader } from "../load/loader.js";
import { Bell } from "./bell.js";
import type { Told } from "./told.js";

/** How often is looked for what other replicas changed, in milliseconds: where their rings come, and where they do not. */
const LOOK_MS = { heard: 5000, unheard: 250 } as const;

/** After how long without a look what was missed may be gone from the table, in milliseconds; rows stay twice as long. */
const FORGET_MS = 60_000;

/** How often old rows are removed. */
const SWEEP_MS = 30_000;

interface ChangeRow {
  xmin: string;
  no: number | null;
  xid: string | null;
  what: string | null;
}

/**
 * Rows of transactions that the look before could not see: those that were not over then, or began later. A transaction in which nothing is written has no
 * number, so a long backup does not hold the mark back.
 */
const LOOK = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, c.no, c.xid::text AS xid, c.what, ${ERA}
  FROM (SELECT 1) one LEFT JOIN ava.changes c ON c.xid >= $1::text::xid8 ORDER BY c.no`;

/** Knows what changes, of this replica and of the others. */
export class Changes {
  private readonly database: Database;
  private readonly replica: string;
  private readonly track = new ChangeTrack();
  private loader: Loader | undefined;
  private watchers = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly sweep: NodeJS.Timeout;
  private readonly bell: Bell;
  /** Where the next look begins; absent before the first. */
  private from: string | undefined;
  private lookedAt = 0;
  /** What changed since the last look may never be known. */
  private hasMissed = false;
  /** Rows from there on that were seen. */
  private seen = new Map<number, bigint>();
  private looking: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(database: Database, replica: string) {
    this.database = database;
    this.replica = replica;
    database.onLost(() => this.miss());
    // A look that fails is made again.
    this.bell = new Bell(database, () => void this.look().catch(() => undefined));
    this.sweep = setInterval(() => void this.removeOld().catch(() => undefined), SWEEP_MS).unref();
  }

  /** @param loader - reads what others changed */
  readBy(loader: Loader): void {
    this.loader = loader;
  }

  /** Takes a change that is kept: of this replica, or one of another that was read. */
  readonly tell = (applied: Applied): void => this.track.note(applied);

  /** Takes a change that this replica has committed; the others are told, too. */
  readonly tellAll = (applied: Applied): void => {
    this.track.note(applied);
    this.bell.ring();
  };

  /** @param wake - called after each change; must not throw @returns ends it */
  watch(wake: () => void): () => void {
    const end = this.track.watch(wake);
    this.watchers++;
    if (this.watchers === 1) {
      this.from = undefined;
      this.hasMissed = false;
      this.timer = setInterval(() => {
        const waitMs = LOOK_MS[this.bell.isHeard ? "heard" : "unheard"];
        if (performance.now() - this.lookedAt >= waitMs) void this.look().catch(() => undefined);
      }, LOOK_MS.unheard).unref();
      this.bell.listen();
    }
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      end();
      this.watchers--;
      if (this.watchers > 0) return;
      clearInterval(this.timer);
      this.bell.stop();
    };
  }

  /** @returns what changed since a cursor, of every replica. @throws PlatformError `store_failed` */
  async since(cursor: string | undefined): Promise<ChangePage> {
    if (this.watchers > 0) await this.look();
    return this.track.since(cursor);
  }

  /** Ends all timers. */
  close(): void {
    clearInterval(this.timer);
    clearInterval(this.sweep);
    this.bell.close();
  }

  /** What is told from the next look on does not follow on what was told before. */
  private miss(): void {
    this.from = undefined;
    this.hasMissed = true;
    this.seen.clear();
  }

  /** A look that has not begun yet serves all that ask for one. */
  private look(): Promise<void> {
    this.next ??= this.looking
      .catch(() => undefined)
      .then(() => {
        this.looking = this.next!;
        this.next = undefined;
        return this.lookOnce();
      });
    return this.next;
  }

  private async lookOnce(): Promise<void> {
    if (this.from !== undefined && performance.now() - this.lookedAt > FORGET_MS) this.miss();
    const { from } = this;
    const beganAt = performance.now();
    if (from === undefined) {
      const [now] = await this.database.ask<{ xmin: string }>(`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, ${ERA}`);
      // What was over by then is known; what was not may be told twice, which says no more than that it changed.
      this.from = now!.xmin;
      this.lookedAt = beganAt;
      if (this.hasMissed) this.track.reset();
      this.hasMissed = false;
      return;
    }
    const rows = await this.database.ask<ChangeRow>(LOOK, [from]);
    // The answer is that of a database that has gone back.
    if (this.from !== from) return;
    const news = rows.filter(({ no }) => no !== null && !this.seen.has(no));
    await this.take(news.map(({ what }) => JSON.parse(what!) as Told).filter(({ by }) => by !== this.replica));
    if (this.from !== from) return;
    const end = BigInt(rows[0]!.xmin);
    for (const { no, xid } of news) this.seen.set(no!, BigInt(xid!));
    for (const [no, xid] of this.seen) if (xid < end) this.seen.delete(no);
    this.from = rows[0]!.xmin;
    this.lookedAt = beganAt;
  }

  private async take(told: readonly Told[]): Promise<void> {
    if (told.length === 0) return;
    const first = new Map<string, number>();
    for (const { changed = {} } of told) {
      for (const [id, pos] of Object.entries(changed)) first.set(id, Math.min(pos, first.get(id) ?? Number.POSITIVE_INFINITY));
    }
    const others = told.flatMap((one) => one.others ?? []);
    const heard = told.flatMap((one) => Object.entries(one.heard ?? {}));
    const found = await this.loader!.fresh([...first.keys(), ...others, ...heard.map(([id]) => id)], first);
    for (const [id, pos] of first) {
      const held = found.get(id);
      // It was read from its beginning, by a question: what of it is new is not known.
      if (held !== undefined && held.toldFromPos >= pos) this.track.note(anything(held));
    }
    for (const id of others) this.noteOf(found.get(id), (instance) => ({ ...nothing(instance), hasFacts: true }));
    for (const [id, silenceMs] of heard) this.noteOf(found.get(id), (instance) => ({ ...nothing(instance), silenceMs }));
  }

  private noteOf(held: HeldInstance | undefined, change: (instance: HeldInstance) => Applied): void {
    if (held !== undefined) this.track.note(change(held));
  }

  private async removeOld(): Promise<void> {
    const old = `SELECT no FROM ava.changes WHERE at < now() - make_interval(secs => $1) ORDER BY no LIMIT 10000 FOR UPDATE SKIP LOCKED`;
    await this.database.ask(`DELETE FROM ava.changes WHERE no IN (${old})`, [(2 * FORGET_MS) / 1000]);
  }
}

function nothing(instance: HeldInstance): Applied {
  return { instance, hasFacts: false, series: new Set(), hasLog: false, points: 0, silenceMs: 0 };
}

function anything(instance: HeldInstance): Applied {
  return { ...nothing(instance), hasFacts: true, hasLog: logBytes(instance) > 0, series: new Set(instance.series.values()) };
}
