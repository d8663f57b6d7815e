import type { LogsAnswer } from "ava-protocol";
import type { Store } from "../store/contract/store.js";

/** Stretch of a log whose records are looked at one by one. */
const NEAR_BYTES = 65_536;
const NEWLINE = 0x0a;

/**
 * Finds the place of a log at which a time begins, in about as many looks as the log's size has digits: records come in the order of their time, but for
 * what several processes print at once.
 *
 * @param id - of an instance
 * @param timeNs - nanoseconds since 1970
 * @returns offset of the line that the last record up to this time begins in; 0 for a time before all of them
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function findLogTime(store: Store, id: string, timeNs: bigint): Promise<number> {
  const { size } = await store.readLog(id, { lastBytes: 0 });
  let low = 0;
  let high = size;
  while (high - low > NEAR_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const [mark] = await store.readLogMarks(id, middle, middle + 1);
    if (mark !== undefined && mark.timeNs <= timeNs) low = middle;
    else high = middle;
  }
  const marks = await store.readLogMarks(id, low, high);
  const found = marks.findLast((mark) => mark.timeNs <= timeNs);
  return found === undefined ? 0 : lineStart(store, id, found.offset);
}

async function lineStart(store: Store, id: string, offset: number): Promise<number> {
  const from = Math.max(0, offset - NEAR_BYTES);
  const { bytes } = await store.readLog(id, { start: from, bytes: offset - from });
  const newline = bytes.lastIndexOf(NEWLINE);
  return newline < 0 && from > 0 ? offset : from + newline + 1;
}

/**
 * @param id - of an instance
 * @param answer - text of its log
 * @returns the same with the times of its records
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function withTimes(store: Store, id: string, answer: LogsAnswer): Promise<LogsAnswer> {
  const marks = await store.readLogMarks(id, answer.offset, answer.nextOffset);
  return { ...answer, times: marks.map((mark) => ({ offset: mark.offset, timeNs: mark.timeNs.toString() })) };
}
