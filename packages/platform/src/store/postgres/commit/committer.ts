import { PlatformError } from "../../../error.js";
import type { Applied } from "../../state/target.js";
import type { Database } from "../connect/database.js";
import { sqlState } from "../connect/errors.js";
import type { Change } from "./change.js";
import { type CommitParts, commitGroup, type Outcome } from "./group.js";

/** Changes, and bytes of them, of one transaction. */
const MAX_CHANGES = 512;
const MAX_BYTES = 16 * 1024 * 1024;

/** Transactions of a replica at once: while one waits for the disk, the next is made. */
const MAX_GROUPS = 4;

/** Changes, and bytes of them, that wait at most: a database that hangs must not fill the memory. */
const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 512 * 1024 * 1024;

interface Waiting {
  change: Change<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/** Counts of what was committed. */
export interface Committed {
  points: number;
  requests: number;
}

/**
 * Commits changes of instances in groups: what comes while others are being committed goes into the next transaction. Those of one instance are never in two
 * transactions at once, and keep their order.
 */
export class Committer {
  readonly committed: Committed = { points: 0, requests: 0 };
  private readonly database: Database;
  private readonly parts: CommitParts;
  private readonly tell: (applied: Applied) => void;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private groups = 0;
  private isPlanned = false;
  private idle: (() => void)[] = [];

  /** @param tell - told of each change that is committed */
  constructor(database: Database, parts: CommitParts, tell: (applied: Applied) => void) {
    this.database = database;
    this.parts = parts;
    this.tell = tell;
  }

  /** @returns the answer, once the change is committed. @throws PlatformError that refused it; `store_failed`, `store_full` */
  commit<Answer>(change: Change<Answer>): Promise<Answer> {
    if (this.waiting.length >= MAX_WAITING || this.waitingBytes + change.bytes > MAX_WAITING_BYTES) {
      const message = "More comes in than the database takes. Send it again in a moment.";
      throw new PlatformError("store_failed", message, { retryAfterSeconds: 5 });
    }
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.push({ change, resolve: resolve as (answer: unknown) => void, reject });
      this.waitingBytes += change.bytes;
      this.plan();
    });
  }

  /** @returns when nothing waits and nothing is being committed */
  async drained(): Promise<void> {
    if (this.groups > 0 || this.waiting.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** What comes in the same turn of the event loop goes together. */
  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    setImmediate(() => {
      this.isPlanned = false;
      while (this.groups < MAX_GROUPS) {
        const group = this.takeGroup();
        if (group.length === 0) break;
        void this.run(group);
      }
      if (this.groups === 0 && this.waiting.length === 0) for (const resolve of this.idle.splice(0)) resolve();
    });
  }

  /** The first of those that wait whose instance is free; of an instance that is not, none. */
  private takeGroup(): Waiting[] {
    const { hold } = this.parts;
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    let bytes = 0;
    let isFull = false;
    for (const one of this.waiting) {
      const { change } = one;
      isFull ||= group.length > 0 && (group.length >= MAX_CHANGES || bytes + change.bytes > MAX_BYTES);
      if (isFull || hold.isChanging(change.instance)) rest.push(one);
      else {
        group.push(one);
        bytes += change.bytes;
      }
    }
    this.waiting = rest;
    this.waitingBytes -= bytes;
    return group;
  }

  private async run(group: readonly Waiting[]): Promise<void> {
    const { hold } = this.parts;
    const ids = [...new Set(group.map(({ change }) => change.instance))];
    const end = hold.change(ids);
    this.groups++;
    try {
      await this.commitAll(group);
    } finally {
      end();
      this.groups--;
      this.plan();
    }
  }

  /** Where the database refuses what one of them brings, each is tried alone: the others are taken. */
  private async commitAll(group: readonly Waiting[]): Promise<void> {
    try {
      this.settle(group, await this.tryGroup(group));
    } catch (error) {
      if (group.length > 1 && sqlState(error) !== undefined) for (const one of group) await this.commitAll([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  private async tryGroup(group: readonly Waiting[]): Promise<Outcome[]> {
    const { hold } = this.parts;
    const changes = group.map(({ change }) => change);
    const forget = (): void => {
      for (const { instance } of changes) hold.drop(instance);
    };
    let tries = 0;
    try {
      return await this.database.transaction((ask, mark) => {
        // What was applied before is not what the database has.
        if (tries++ > 0) forget();
        return commitGroup(ask, changes, this.parts, mark);
      });
    } catch (error) {
      forget();
      throw error;
    }
  }

  private settle(group: readonly Waiting[], outcomes: readonly Outcome[]): void {
    for (const [i, outcome] of outcomes.entries()) {
      const { resolve, reject } = group[i]!;
      if ("error" in outcome) {
        reject(outcome.error);
        continue;
      }
      const { applied, answer, isTaken } = outcome;
      if (isTaken) this.committed.requests++;
      this.committed.points += applied?.points ?? 0;
      if (applied !== undefined) this.tell(applied);
      resolve(answer);
    }
  }
}
