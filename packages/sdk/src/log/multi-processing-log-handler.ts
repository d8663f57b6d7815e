import { resolve } from "node:path";
import { AvaError } from "../place/error.js";
import { onThreadExit } from "./at-exit.js";
import { LogHandler } from "./log-handler.js";
import type { LogRecord } from "./log-record.js";
import { LogSpool } from "./spool/log-spool.js";

/** Lines are moved to the log at once when the last move is so long ago, and together when not. */
const COLLECT_INTERVAL_MS = 50;

/** Bytes moved by one call that is not a flush: a millisecond or two of the training's time. */
const COLLECT_BYTES = 1024 * 1024;

/** When so much of this writer may not have been moved, appending waits for it to be moved, and drops where even that fails. */
const BACKLOG_BYTES = 64 * 1024 * 1024;

/** Longest wait of {@link MultiProcessingLogHandler.flush}, `close` and `acquire` for others that move lines. */
const FLUSH_TIMEOUT_MS = 5000;

/** While the spool cannot be written, how often it is tried. */
const RETRY_MS = 1000;

/**
 * Writes one log file from any number of processes and threads, with rotation by size. Each writer appends to a file of its own first, so that a
 * line survives `SIGKILL` once the call that logged it has returned; the writer that finds the lock free moves the lines of all to the log, each once, whole, in
 * their writers' order. See docs/formats/log-spool.md.
 *
 * The methods are those of Python's `logging.Handler`. No method but the constructor, `setLevel`, `acquire` and `createLock` throws.
 */
export class MultiProcessingLogHandler extends LogHandler {
  private readonly file: string;
  private readonly spool: LogSpool;
  private readonly shouldStartAnew: boolean;
  private isOpen = false;
  private isClosed = false;
  private isExiting = false;
  /** Why records cannot be spooled at present. */
  private failure: { error: unknown; atMs: number } | undefined;
  private dropped = 0;
  private backlogBytes = 0;
  private collectedAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly forgetExit: () => void;

  /**
   * Opens the log. A file that cannot be written is told by {@link handleError}, and tried again later.
   *
   * @param filename - path of the log; its older pieces are `<filename>.1` (newest) to `<filename>.<backupCount>`
   * @param mode - `w`: the first writer of a run empties the log, a writer that finds others there does not; `a`: no writer does. With rotation
   *   `w` counts as `a`, as in Python
   * @param maxBytes - size at which the log is put aside; 0: never
   * @param backupCount - how many are kept; 0: no rotation
   * @throws AvaError SETTING_INVALID for a wrong mode or a number that is not whole or below 0
   */
  constructor(filename: string, mode: "w" | "a" = "w", maxBytes = 0, backupCount = 10) {
    super();
    if (mode !== "w" && mode !== "a") throw new AvaError("SETTING_INVALID", `log mode "${String(mode)}" is not "w" or "a".`);
    for (const [name, value] of Object.entries({ maxBytes, backupCount })) {
      if (!Number.isSafeInteger(value) || value < 0)
        throw new AvaError("SETTING_INVALID", `${name} ${String(value)} is not a whole number from 0.`);
    }
    this.file = resolve(filename);
    this.spool = new LogSpool(this.file, { maxBytes, backupCount });
    this.shouldStartAnew = mode === "w" && (maxBytes === 0 || backupCount === 0);
    this.forgetExit = onThreadExit(() => this.exit());
    this.guard(() => this.open());
    if (this.isOpen) this.collect(COLLECT_BYTES, 0);
  }

  /** Writes a record. @param record - what was logged */
  override emit(record: LogRecord): void {
    this.append(record, () => this.format(record));
  }

  /**
   * Writes text as one record: it is in the spool when this returns. The way in for other loggers: `pino({ write: (line) => handler.send(line) })`.
   *
   * @param text - one line or several that stay together; a line feed at the end is added where it is missing
   */
  send(text: string): void {
    this.append(undefined, () => text);
  }

  /**
   * Moves what all writers have written until now to the log. It happens by itself; call it to take up what a run left that was killed as a whole.
   *
   * @returns the number of records moved by this call; 0 also where others move just now for longer than five seconds
   */
  receive(): number {
    return this.guard(() => this.spool.drain(FLUSH_TIMEOUT_MS)) ?? 0;
  }

  /** Returns when all lines of this writer are in the log, or after five seconds. */
  override flush(): void {
    if (this.isOpen) this.collect(Infinity, FLUSH_TIMEOUT_MS);
  }

  /** Moves all lines to the log and ends the writer. What is sent later is dropped. Bounded: five seconds where another holds the lock. */
  override close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.forgetExit();
    this.end();
  }

  /** Prepares the lock of the log. @throws the file system's error */
  createLock(): void {
    this.open();
  }

  /**
   * Takes the lock of the log, so that no process changes the log or its older pieces: to copy them, for example. Lines that are logged in the meantime wait in the
   * spool, unless this handler flushes. Give it back soon.
   *
   * @returns whether it is held; false where others do not give it back for five seconds
   * @throws the file system's error
   */
  acquire(): boolean {
    this.open();
    return this.spool.lock.acquire(FLUSH_TIMEOUT_MS);
  }

  /** Gives the lock back. */
  release(): void {
    this.guard(() => this.spool.lock.release());
  }

  protected override describe(): string {
    return `log lines cannot be written to ${this.file}`;
  }

  private open(): void {
    if (this.isOpen) return;
    this.spool.open(this.shouldStartAnew, FLUSH_TIMEOUT_MS);
    this.isOpen = true;
  }

  private append(record: LogRecord | undefined, makeText: () => string): void {
    try {
      if (this.isClosed) throw new Error("the handler is closed");
      this.spoolText(withLineFeed(makeText()));
    } catch (error) {
      this.reportError(record, error);
      return;
    }
    if (this.isExiting) this.end();
    else this.collectSoon();
  }

  private spoolText(text: string): void {
    const nowMs = Date.now();
    try {
      // Between two tries nothing is asked of a disk that is full or away.
      if (this.failure && Math.abs(nowMs - this.failure.atMs) < RETRY_MS) throw this.failure.error;
      this.open();
      this.makeRoom();
      this.backlogBytes += this.spool.append(text, nowMs);
    } catch (error) {
      this.dropped += 1;
      if (error !== this.failure?.error) this.failure = { error, atMs: nowMs };
      throw error;
    }
    if (this.failure) this.tellDrops(nowMs);
  }

  private tellDrops(timeMs: number): void {
    const message = `${this.dropped} log records were dropped: ${reasonOf(this.failure?.error)}`;
    this.failure = undefined;
    this.dropped = 0;
    this.spoolText(withLineFeed(this.format({ level: "warn", message, timeMs, pid: process.pid })));
  }

  private makeRoom(): void {
    if (this.backlogBytes < BACKLOG_BYTES) return;
    this.collect(Infinity, RETRY_MS);
    if (this.backlogBytes >= BACKLOG_BYTES) throw new Error(`${this.backlogBytes} bytes wait to be moved to the log`);
  }

  private collectSoon(): void {
    const waitMs = this.collectedAtMs + COLLECT_INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.collect(COLLECT_BYTES, 0);
    else this.collectLater(waitMs);
  }

  private collectLater(waitMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.collect(COLLECT_BYTES, 0);
    }, waitMs).unref();
  }

  private collect(budgetBytes: number, timeoutMs: number): void {
    // A program that called acquire wants a log that does not change, unless by a flush.
    if (this.spool.lock.isHeld && budgetBytes !== Infinity) return this.collectLater(COLLECT_INTERVAL_MS);
    const isDrained = this.guard(() =>
      budgetBytes === Infinity ? this.spool.drain(timeoutMs) !== undefined : (this.spool.collect(budgetBytes)?.isDrained ?? false),
    );
    this.collectedAtMs = performance.now();
    if (isDrained) this.backlogBytes = 0;
    else if (!this.isClosed) this.collectLater(isDrained === undefined ? RETRY_MS : COLLECT_INTERVAL_MS);
  }

  private exit(): void {
    this.isExiting = true;
    this.end();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isOpen) this.guard(() => this.spool.close(FLUSH_TIMEOUT_MS));
  }

  private guard<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.reportError(undefined, error);
      return undefined;
    }
  }
}

function withLineFeed(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
