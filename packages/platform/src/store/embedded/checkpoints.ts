import { setImmediate } from "node:timers/promises";
import { damaged } from "../../error.js";
import { inSlices } from "../slices.js";
import { type DamageList, isDamagedFile } from "./damage.js";
import type { ChunkReader } from "./database/chunks.js";
import { Save } from "./database/save.js";
import type { DatabaseWriter } from "./database/writer.js";
import type { Keeping } from "./keeping.js";
import type { AppendLog } from "./log/append-log.js";
import type { Aside } from "./log/aside.js";
import { asRefusal } from "./log/refusal.js";
import type { Memory } from "./memory.js";

/** What checkpoints work on. */
export interface CheckpointParts {
  writer: DatabaseWriter;
  reader: ChunkReader;
  damage: DamageList;
  memory: Memory;
  log: AppendLog;
  aside: Aside;
  now: () => number;
  warn: (message: string) => void;
  checkpointMs: number;
}

/** How long after a failed checkpoint the next is tried, so that a full disk is not hammered. */
const RETRY_MS = 5000;

/** Brings what memory and log have into the database: when it is time, or when it is asked for. */
export class Checkpoints {
  /** Made since the start. */
  made = 0;
  /** Failed since the last good one. */
  failed = 0;
  private readonly parts: CheckpointParts;
  private readonly keeping: Keeping;
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<void> = Promise.resolve();
  private isTrying = false;
  private isStopped = false;
  private retryAtMs = 0;
  /** Pending while requests are held up. */
  private gate: Promise<void> | undefined;

  constructor(parts: CheckpointParts, keeping: Keeping) {
    this.parts = parts;
    this.keeping = keeping;
  }

  /**
   * Makes one of everything accepted so far; what is accepted meanwhile is for the next. Checkpoints wait for one another.
   *
   * @throws PlatformError `store_full`, `store_failed`, `store_damaged`; the store goes on as before
   */
  make(): Promise<void> {
    this.last = this.last.catch(() => undefined).then(() => this.save());
    return this.last;
  }

  /** Does something while no checkpoint is made. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.catch(() => undefined).then(work);
    this.last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Makes one later, unless one is planned. */
  plan(delayMs: number = this.parts.checkpointMs): void {
    if (this.isStopped) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.try();
    }, delayMs).unref();
  }

  /** Makes one soon; a failure is told, and tried again in time. */
  try(): void {
    if (this.isTrying || this.isStopped) return;
    const { now, warn, memory } = this.parts;
    if (now() < this.retryAtMs) return this.plan(this.retryAtMs - now());
    this.isTrying = true;
    const onFailure = (error: unknown): void => {
      this.failed++;
      this.retryAtMs = now() + RETRY_MS;
      warn(`A checkpoint failed and will be tried again, nothing is lost: ${error instanceof Error ? error.message : String(error)}`);
    };
    void this.make()
      .then(() => (this.failed = 0), onFailure)
      .finally(() => {
        this.isTrying = false;
        if (memory.hasChanged) this.plan();
      });
  }

  /** Before a request looks at anything: waits where a checkpoint holds requests up. */
  async enter(): Promise<void> {
    while (this.gate !== undefined) await this.gate;
  }

  /** Plans no more. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async save(): Promise<void> {
    const { memory, reader, log, aside, writer, damage } = this.parts;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!memory.hasChanged) return;
    try {
      aside.finish();
      const { save, nextSegment } = await this.whileNobodyWaits(() => ({ save: new Save(memory), nextSegment: log.rotate() }));
      try {
        await writer.transaction((rows) => save.write(rows, nextSegment));
      } catch (error) {
        await this.whileNobodyWaits(() => save.takeBack());
        throw error;
      }
      await this.whileNobodyWaits(() => inSlices(save.markStored(reader)));
      log.removeBefore(nextSegment);
    } catch (error) {
      if (!isDamagedFile(error)) throw asRefusal(error, "checkpoint");
      throw damaged(damage.add("SQLite's pages", `they cannot be written (${error.message}), so the log grows until it is full`));
    }
    this.made++;
  }

  /** Does something while no request can be taken back: with `--sync group` those that wait for the disk can, so they are waited for and others are held up. */
  private async whileNobodyWaits<Result>(act: () => Result | Promise<Result>): Promise<Result> {
    if (!this.parts.log.isSynced) return act();
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    try {
      // Requests that have passed the gate come to the log within this turn.
      await setImmediate();
      while (!this.keeping.isIdle) await this.keeping.kept().catch(() => undefined);
      return await act();
    } finally {
      this.gate = undefined;
      open();
    }
  }
}
