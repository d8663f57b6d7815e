import { join, resolve } from "node:path";
import { readEnvironment } from "../place/settings/environment.js";
import { makeFolder } from "../place/workspace/make-folder.js";
import type { LogLevel } from "./log-record.js";
import { Logger } from "./logger.js";
import { MultiProcessingLogHandler } from "./multi-processing-log-handler.js";
import { InstanceLogHandler, type LogTextSink, TerminalLogHandler } from "./sinks.js";

/** How {@link initializeLogger} sets the logger up. */
export interface LoggerOptions {
  /** Number of this distributed worker: its lines begin with `Node[k] `. */
  node?: number | string;
  /** Whether debug messages are logged. Default false. */
  debug?: boolean;
  /** A `TrainInstance` of this process: lines also go to its journal, and so to the platform; under `ava-sdk run` they get there by the terminal. */
  instance?: LogTextSink;
}

/** Size at which `run.log` is put aside. */
const RUN_LOG_BYTES = 50 * 1024 * 1024;

/** How many of them are kept beside the current one. */
const RUN_LOG_COUNT = 10;

/** The logger of this process (of each worker thread its own). {@link initializeLogger} sets it up. */
export const logger: Logger = new Logger();

/**
 * Sets {@link logger} up to write to `<workdir>/run.log`, which other processes and threads may write at the same time, and to stderr. Calling it again
 * closes what the last call opened. A folder that cannot be written is told once, and the program goes on.
 *
 * @param workdir - folder of the log; made where it is missing
 * @param options - worker number, level, instance
 * @returns the logger
 */
export function initializeLogger(workdir: string, options: LoggerOptions = {}): Logger {
  const folder = resolve(workdir);
  try {
    makeFolder(folder);
  } catch {
    // The handler cannot open its file then, and says so.
  }
  logger.close();
  const level: LogLevel = options.debug ? "debug" : "info";
  const handlers = [
    new MultiProcessingLogHandler(join(folder, "run.log"), "a", RUN_LOG_BYTES, RUN_LOG_COUNT),
    new TerminalLogHandler(),
    ...(options.instance && !isConsoleRecorded(options.instance) ? [new InstanceLogHandler(options.instance)] : []),
  ];
  for (const handler of handlers) {
    handler.setLevel(level);
    logger.addHandler(handler);
  }
  // A null is as good as nothing: the Python of old said None.
  logger.node = options.node ?? undefined;
  return logger;
}

function isConsoleRecorded(instance: LogTextSink): boolean {
  const { consoleOf } = readEnvironment();
  return consoleOf !== undefined && consoleOf === instance.getTrainingInsId?.();
}

/**
 * Sets {@link logger} up for unit tests: everything, debug messages too, to stderr, and to no file.
 *
 * @returns the logger
 */
export function initializeTestLogger(): Logger {
  logger.close();
  logger.addHandler(new TerminalLogHandler());
  logger.node = undefined;
  return logger;
}
