import { Console } from "node:console";
import { LogHandler } from "./log-handler.js";
import type { LogRecord } from "./log-record.js";

/** Takes the text of a log: a `TrainInstance` does. */
export interface LogTextSink {
  /** @param text - whole lines */
  logText(text: string): void;
}

/** Writes to the terminal: to stderr, so that stdout stays the training's own. */
export class TerminalLogHandler extends LogHandler {
  // A Console passes over errors of the stream: a terminal that was closed must not end the training.
  private readonly terminal = new Console({ stdout: process.stderr, ignoreErrors: true });

  override emit(record: LogRecord): void {
    this.terminal.log(this.format(record));
  }
}

/** Writes to the log of a run. */
export class InstanceLogHandler extends LogHandler {
  private readonly instance: LogTextSink;

  /** @param instance - the run */
  constructor(instance: LogTextSink) {
    super();
    this.instance = instance;
  }

  override emit(record: LogRecord): void {
    this.instance.logText(`${this.format(record)}\n`);
  }
}
