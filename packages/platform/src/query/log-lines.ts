import { setImmediate } from "node:timers/promises";
import type { Store } from "../store/contract/store.js";

/** Stretch of a log whose lines are counted together, and remembered. */
const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
/** Logs whose counts are remembered: a log of a gigabyte has 1,024. */
const MOST_LOGS = 100;

/** Counts of a store's logs: lines that end in each of the first blocks. A log only ever grows, so that whole blocks keep theirs. */
const counted = new WeakMap<Store, Map<string, number[]>>();

/**
 * Counts the lines in front of a place of a log. What was counted once is remembered.
 *
 * @param id - of an instance
 * @param offset - of the place
 * @returns number of the line that the place lies in, from 1
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function lineAt(store: Store, id: string, offset: number): Promise<number> {
  const { size } = await store.readLog(id, { lastBytes: 0 });
  const end = Math.min(offset, size);
  const blocks = await countBlocks(store, id, Math.floor(end / BLOCK_BYTES));
  const start = blocks.length * BLOCK_BYTES;
  const before = blocks.reduce((sum, count) => sum + count, 0);
  return 1 + before + (await newlines(store, id, start, end)).length;
}

/**
 * Finds a line of a log by its number.
 *
 * @param id - of an instance
 * @param line - from 1; beyond the last line, the last one is meant
 * @returns offset of its first byte
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function offsetOfLine(store: Store, id: string, line: number): Promise<number> {
  const { size } = await store.readLog(id, { lastBytes: 0 });
  let left = line - 1;
  let start = 0;
  for (const count of await countBlocks(store, id, Math.floor(size / BLOCK_BYTES))) {
    if (count >= left) break;
    left -= count;
    start += BLOCK_BYTES;
  }
  if (left <= 0) return start;
  const ends = await newlines(store, id, start, Math.min(start + BLOCK_BYTES, size));
  // An end of the very last line begins no other one.
  const found = ends.filter((end) => end + 1 < size);
  return (found[Math.min(left, found.length) - 1] ?? start - 1) + 1;
}

/** @returns how many lines end in each of the first blocks, at least of so many */
async function countBlocks(store: Store, id: string, blocks: number): Promise<number[]> {
  const logs = counted.get(store) ?? new Map<string, number[]>();
  counted.set(store, logs);
  const known = logs.get(id) ?? [];
  // What was asked for last is forgotten last.
  logs.delete(id);
  logs.set(id, known);
  const [oldest] = logs.keys();
  if (logs.size > MOST_LOGS) logs.delete(oldest!);
  while (known.length < blocks) {
    const block = known.length;
    const ends = await newlines(store, id, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    // Another question may have come to this block meanwhile.
    known[block] = ends.length;
    await setImmediate();
  }
  return known.slice(0, blocks);
}

async function newlines(store: Store, id: string, start: number, end: number): Promise<number[]> {
  const { bytes } = await store.readLog(id, { start, bytes: end - start });
  const found: number[] = [];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) found.push(start + at);
  return found;
}
