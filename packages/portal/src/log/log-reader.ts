import type { LogsAnswer } from "ava-protocol";
import { type LogLine, Terminal } from "./terminal.js";

/** What is shown of a log. */
export interface LogPart {
  lines: readonly LogLine[];
  /** Lines of this part that are not kept. */
  droppedLines: number;
  fromBytes: number;
  toBytes: number;
  sizeBytes: number;
}

/** Bytes read at once of what follows. */
export const LOG_PART_BYTES = 131_072;
/** Lines kept, and read at first from the end of a log; more would make the page slow. */
export const MOST_LINES = 2000;

/** Asks for a part of a log. */
export type LoadLog = (part: { tail: number } | { offset: number; limit: number }) => Promise<LogsAnswer>;

/** Reads a log from a place on. */
export interface LogReader {
  /** Reads what is there and not yet read, at most one part when the reader does not stand at the end of the log. */
  read(): Promise<LogPart>;
}

/**
 * Makes a reader.
 *
 * @param load - asks the API
 * @param fromBytes - where to start and read one part; absent to start near the end and follow it
 * @returns the reader
 */
export function createLogReader(load: LoadLog, fromBytes: number | undefined): LogReader {
  const terminal = new Terminal(MOST_LINES);
  let first: number | undefined;
  let next = fromBytes;
  let size = 0;
  const take = (answer: LogsAnswer): void => {
    first ??= answer.offset;
    next = answer.nextOffset;
    size = answer.size;
    terminal.feed(answer.text);
  };
  const part = (): LogPart => ({
    lines: terminal.lines(),
    droppedLines: terminal.droppedLines,
    fromBytes: first ?? 0,
    toBytes: next ?? 0,
    sizeBytes: size,
  });
  return {
    async read() {
      if (fromBytes !== undefined) {
        if (first === undefined) take(await load({ offset: fromBytes, limit: LOG_PART_BYTES }));
        return part();
      }
      if (next === undefined) take(await load({ tail: MOST_LINES }));
      for (let before = -1; next !== before; ) {
        before = next!;
        take(await load({ offset: before, limit: LOG_PART_BYTES }));
        if (next! >= size) break;
      }
      return part();
    },
  };
}
