/** How grave a record is; from left to right. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A message on its way to the handlers. */
export interface LogRecord {
  level: LogLevel;
  /** The message with its arguments put in; may have several lines. */
  message: string;
  /** When it was logged; milliseconds since 1970. */
  timeMs: number;
  pid: number;
  /** Number of the distributed worker that logged it. */
  node?: number | string;
}

/** Makes text of a record. */
export interface LogFormatter {
  /** @param record - what was logged @returns its text, without a line feed at the end */
  format(record: LogRecord): string;
}

/** Numbers of Python's `logging`, for comparing. */
export const LEVEL_NUMBERS: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

/** Names of Python's `logging`, as they stand in the lines. */
const LABELS: Readonly<Record<LogLevel, string>> = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" };

let lastSecond = Number.NaN;
let lastSecondText = "";

/** The usual form of a line: `2018-06-13 10:21:25,756 INFO [4711] message`, in local time; of distributed workers with `Node[k] ` in front. */
export const lineFormatter: LogFormatter = {
  format({ level, message, timeMs, pid, node }: LogRecord): string {
    const second = Math.floor(timeMs / 1000);
    if (second !== lastSecond) {
      lastSecond = second;
      lastSecondText = localTime(new Date(second * 1000));
    }
    const millis = String(Math.floor(timeMs) - second * 1000).padStart(3, "0");
    const prefix = node === undefined ? "" : `Node[${node}] `;
    return `${prefix}${lastSecondText},${millis} ${LABELS[level]} [${pid}] ${message}`;
  },
};

function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
