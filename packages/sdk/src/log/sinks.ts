import { LogHandler } from "./log-handler.js";
import type { LogRecord } from "./log-record.js";

/** Takes the text of a log: a `TrainInstance` does. */
export interface LogTextSink {
  /** @param text - whole lines */
  logText(text: string): void;
  /** @returns id of the instance */
  getTrainingInsId?(): string;
}

/** Writes to the terminal: to stderr, so that stdout stays the training's own. */
export class TerminalLogHandler extends LogHandler {
  /** From now on errors of stderr are passed over in this process, the program's own too: a terminal that was closed must not end the training. */
  constructor() {
    super();
    if (!process.stderr.listeners("error").includes(passOver)) process.stderr.on("error", passOver);
  }

  override emit(record: LogRecord): void {
    process.stderr.write(`${this.format(record)}\n`);
  }
}

function passOver(): void {}

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
