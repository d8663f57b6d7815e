import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FileLock } from "../../machine/file-lock.js";
import { type Collected, type Collection, collect, startAnew } from "./collect.js";
import { listParts } from "./part-name.js";
import { PartWriter } from "./part-writer.js";
import type { Rotation } from "./rotate.js";

/** How often it is looked which writers are gone. */
const SWEEP_INTERVAL_MS = 1000;

/** Bytes moved before the lock is given back, so that another may have it. */
const HOLD_BYTES = 16 * 1024 * 1024;

/** The spool of a log, as one writer uses it. Every method may throw the file system's error. See docs/formats/log-spool.md. */
export class LogSpool {
  /** The lock of the log; a caller that holds it keeps it over {@link collect}. */
  readonly lock: FileLock;
  private readonly writer: PartWriter;
  private readonly collection: Collection;
  private nextSweepMs = 0;

  /**
   * @param log - path of the log
   * @param rotation - when it is put aside
   */
  constructor(log: string, rotation: Rotation) {
    const spool = `${log}.spool`;
    this.collection = { log, spool, rotation, budgetBytes: HOLD_BYTES, isSweeping: false };
    this.lock = new FileLock(spool);
    this.writer = new PartWriter(spool);
  }

  /**
   * Lets others know of this writer.
   *
   * @param isAnew - whether to empty the log, unless other writers are there
   * @param timeoutMs - longest wait for the lock
   */
  open(isAnew: boolean, timeoutMs: number): void {
    try {
      // Seen by others before the lock is given back: of two that come at the same time, the second finds the first.
      if (isAnew) this.whileLocked(timeoutMs, () => startAnew(this.collection) && this.writer.open());
    } finally {
      this.writer.open();
    }
  }

  /**
   * Appends a record; it survives the death of this process.
   *
   * @param text - with its line feed
   * @param timeMs - milliseconds since 1970
   * @returns bytes that the spool grew by
   */
  append(text: string, timeMs: number): number {
    return this.writer.append(text, timeMs);
  }

  /**
   * Moves what all writers have written to the log.
   *
   * @param budgetBytes - bytes after which it stops
   * @param timeoutMs - longest wait for the lock
   * @returns what was done; undefined where another holds the lock
   */
  collect(budgetBytes: number, timeoutMs = 0): Collected | undefined {
    const isSweeping = performance.now() >= this.nextSweepMs;
    if (isSweeping) this.nextSweepMs = performance.now() + SWEEP_INTERVAL_MS;
    return this.whileLocked(timeoutMs, () => collect({ ...this.collection, budgetBytes, isSweeping }));
  }

  /**
   * Moves until nothing is left that was written before.
   *
   * @param timeoutMs - longest wait
   * @returns the number of records, or undefined where the time was too short
   */
  drain(timeoutMs: number): number | undefined {
    const endMs = performance.now() + timeoutMs;
    let records = 0;
    for (;;) {
      const collected = this.collect(HOLD_BYTES, Math.max(0, endMs - performance.now()));
      records += collected?.records ?? 0;
      if (collected?.isDrained) return records;
      if (performance.now() >= endMs) return undefined;
    }
  }

  /**
   * Ends this writer's part, moves everything, and removes the spool where no other writer uses it. An append afterwards starts again.
   *
   * @param timeoutMs - longest wait
   */
  close(timeoutMs: number): void {
    this.writer.end();
    this.nextSweepMs = 0;
    if (this.drain(timeoutMs) !== undefined) this.whileLocked(0, () => this.removeIfUnused());
    this.lock.release();
  }

  private whileLocked<Result>(timeoutMs: number, work: () => Result): Result | undefined {
    if (this.lock.isHeld) return work();
    if (!this.lock.acquire(timeoutMs)) return undefined;
    try {
      return work();
    } finally {
      this.lock.release();
    }
  }

  private removeIfUnused(): void {
    const { spool } = this.collection;
    if (listParts(readdirSync(spool)).length > 0) return;
    // No part, no offsets: a writer that comes now begins at 0.
    for (const name of ["commits", "commits.new"]) rmSync(join(spool, name), { force: true });
    this.lock.release();
    try {
      rmdirSync(spool);
    } catch {
      // A writer came in the meantime and uses it.
    }
  }
}
