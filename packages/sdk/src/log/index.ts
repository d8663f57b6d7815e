export { initializeLogger, initializeTestLogger, type LoggerOptions, logger } from "./initialize-logger.js";
export { type LogFilter, LogHandler } from "./log-handler.js";
export type { LogFormatter, LogLevel, LogRecord } from "./log-record.js";
export { Logger } from "./logger.js";
export { MultiProcessingLogHandler } from "./multi-processing-log-handler.js";
export { InstanceLogHandler, type LogTextSink, TerminalLogHandler } from "./sinks.js";
