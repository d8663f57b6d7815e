import { format } from "node:util";
import type { LogHandler } from "./log-handler.js";
import { LEVEL_NUMBERS, type LogLevel, type LogRecord } from "./log-record.js";
import { TerminalLogHandler } from "./sinks.js";

/**
 * Hands messages to handlers. Messages may hold `%s`, `%d`, `%i`, `%f`, `%j`, `%o` and `%%` for the arguments, as in `util.format`; an Error is logged with its
 * stack. No method throws.
 *
 * A logger without handlers writes warnings and errors to stderr, as Python's does.
 */
export class Logger {
  /** Number of this distributed worker; lines then begin with `Node[k] `. */
  node: number | string | undefined;
  private readonly handlers: LogHandler[] = [];
  private fallback: LogHandler | undefined;

  /** @param message - text or any value @param args - put into it */
  debug(message: unknown, ...args: unknown[]): void {
    this.log("debug", message, args);
  }

  /** @param message - text or any value @param args - put into it */
  info(message: unknown, ...args: unknown[]): void {
    this.log("info", message, args);
  }

  /** @param message - text or any value @param args - put into it */
  warn(message: unknown, ...args: unknown[]): void {
    this.log("warn", message, args);
  }

  /** @param message - text or any value @param args - put into it */
  error(message: unknown, ...args: unknown[]): void {
    this.log("error", message, args);
  }

  /** Returns when all lines logged before are where they belong, or after the time that the handlers allow. */
  flush(): void {
    for (const handler of this.handlers) handler.flush();
  }

  /** @param handler - gets the records from now on */
  addHandler(handler: LogHandler): void {
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }

  /** @param handler - gets no records any more; it is not closed */
  removeHandler(handler: LogHandler): void {
    const index = this.handlers.indexOf(handler);
    if (index >= 0) this.handlers.splice(index, 1);
  }

  /** Closes the handlers and takes them away. */
  close(): void {
    for (const handler of this.handlers.splice(0)) handler.close();
  }

  private log(level: LogLevel, message: unknown, args: unknown[]): void {
    const takers = this.handlers.length > 0 ? this.handlers : [this.lastResort()];
    if (!takers.some((handler) => LEVEL_NUMBERS[level] >= LEVEL_NUMBERS[handler.level])) return;
    const record: LogRecord = {
      level,
      message: toText(message, args),
      timeMs: Date.now(),
      pid: process.pid,
      ...(this.node === undefined ? {} : { node: this.node }),
    };
    for (const handler of takers) handler.handle(record);
  }

  private lastResort(): LogHandler {
    if (this.fallback === undefined) {
      this.fallback = new TerminalLogHandler();
      this.fallback.setLevel("warn");
    }
    return this.fallback;
  }
}

function toText(message: unknown, args: unknown[]): string {
  if (args.length === 0 && typeof message === "string") return message;
  try {
    return format(message, ...args);
  } catch {
    // A value's own toString or inspect method throws.
    return `${typeof message === "string" ? message : typeof message} (the values of this message cannot be shown)`;
  }
}
