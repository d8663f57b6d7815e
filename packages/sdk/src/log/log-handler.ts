import { AvaError } from "../place/error.js";
import { emitLibraryWarning } from "../place/notices/notices.js";
import { LEVEL_NUMBERS, type LogFormatter, type LogLevel, type LogRecord, lineFormatter } from "./log-record.js";

/** Decides whether a record is logged: a function, or an object with a method `filter`. */
export type LogFilter = ((record: LogRecord) => boolean) | { filter(record: LogRecord): boolean };

/** Takes records to some place. What goes wrong there never reaches the program that logs: it is handed to {@link handleError}. */
export abstract class LogHandler {
  /** A name for the user's own purposes. */
  name: string | undefined;
  private threshold: LogLevel = "debug";
  private formatter: LogFormatter = lineFormatter;
  private readonly filters: LogFilter[] = [];
  private hasWarned = false;

  /**
   * Takes a record that passed level and filters to its place.
   *
   * @param record - what was logged
   */
  abstract emit(record: LogRecord): void;

  /** Lowest level that this handler lets pass. */
  get level(): LogLevel {
    return this.threshold;
  }

  /** @param level - lowest level that passes; default `debug` @throws AvaError SETTING_INVALID for another name */
  setLevel(level: LogLevel): void {
    if (!Object.hasOwn(LEVEL_NUMBERS, level)) {
      throw new AvaError("SETTING_INVALID", `log level "${String(level)}" is not one of ${Object.keys(LEVEL_NUMBERS).join(", ")}.`);
    }
    this.threshold = level;
  }

  /** @param formatter - makes text of the records from now on; undefined: the usual form */
  setFormatter(formatter: LogFormatter | undefined): void {
    this.formatter = formatter ?? lineFormatter;
  }

  /** @param record - what was logged @returns its text */
  format(record: LogRecord): string {
    return this.formatter.format(record);
  }

  /** @param filter - asked for every record from now on; a filter that is there already is not added again */
  addFilter(filter: LogFilter): void {
    if (!this.filters.includes(filter)) this.filters.push(filter);
  }

  /** @param filter - not asked any more */
  removeFilter(filter: LogFilter): void {
    const index = this.filters.indexOf(filter);
    if (index >= 0) this.filters.splice(index, 1);
  }

  /** @param record - what was logged @returns whether all filters let it pass */
  filter(record: LogRecord): boolean {
    return this.filters.every((filter) => (typeof filter === "function" ? filter(record) : filter.filter(record)));
  }

  /**
   * Emits a record if level and filters let it pass. Never throws.
   *
   * @param record - what was logged
   * @returns whether it passed
   */
  handle(record: LogRecord): boolean {
    try {
      if (LEVEL_NUMBERS[record.level] < LEVEL_NUMBERS[this.threshold] || !this.filter(record)) return false;
      this.emit(record);
      return true;
    } catch (error) {
      this.reportError(record, error);
      return false;
    }
  }

  /**
   * Called with what went wrong. Warns once, by Node's own means (`process.emitWarning`); replace it to do something else.
   *
   * @param _record - what was to be logged; undefined where the error is not of one record
   * @param error - what was thrown
   */
  handleError(_record: LogRecord | undefined, error?: unknown): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    emitLibraryWarning(`${this.describe()}: ${error instanceof Error ? error.message : String(error)}; the program goes on.`);
  }

  /** @returns the name, as `name` has it */
  getName(): string | undefined {
    return this.name;
  }

  /** @param name - see `name` */
  setName(name: string | undefined): void {
    this.name = name;
  }

  /** Returns when all that was emitted before is in its place, or the time that the handler allows is over. */
  flush(): void {}

  /** Ends the handler. */
  close(): void {
    this.flush();
  }

  /** @returns what the handler does, for warnings */
  protected describe(): string {
    return `log handler ${this.name ?? this.constructor.name} failed`;
  }

  /** Hands an error to {@link handleError}, which users may have replaced by one that throws itself. */
  protected reportError(record: LogRecord | undefined, error: unknown): void {
    try {
      this.handleError(record, error);
    } catch {
      // It cannot be told either; logging must not end the training.
    }
  }
}
