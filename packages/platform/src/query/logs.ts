import { LIMITS, type LogsAnswer } from "ava-protocol";
import type { Store } from "../store/contract/store.js";

/** Longest UTF-8 character, in bytes. */
const CHARACTER_BYTES = 4;

/**
 * Reads log text from an offset.
 *
 * @param id - of an instance
 * @param offset - first byte; moved on to the start of a character
 * @param limit - bytes at most
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function readLogText(store: Store, id: string, offset: number, limit: number): Promise<LogsAnswer> {
  const lead = Math.max(0, offset - CHARACTER_BYTES + 1);
  const wanted = Math.max(CHARACTER_BYTES, Math.min(limit, LIMITS.logAnswerBytes));
  const { start, bytes, size, isOver, damage } = await store.readLog(id, { start: lead, bytes: offset - lead + wanted });
  const first = characterStart(bytes, Math.min(offset, size) - start);
  // A character may still be on its way, unless the run is over.
  const isComplete = start + bytes.length === size && isOver;
  const last = isComplete ? bytes.length : bytes.length - unfinishedBytes(bytes);
  const until = Math.max(first, last);
  const answer = { offset: start + first, nextOffset: start + until, size, text: bytes.toString("utf8", first, until) };
  return damage.length === 0 ? answer : { ...answer, damage: [...damage] };
}

/**
 * Reads the last lines of a log.
 *
 * @param id - of an instance
 * @param lines - how many; fewer when they are longer than one answer may be
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function readLogTail(store: Store, id: string, lines: number): Promise<LogsAnswer> {
  const { start, bytes } = await store.readLog(id, { lastBytes: LIMITS.logAnswerBytes });
  let at = bytes.length;
  // A newline at the very end ends the last line, it does not begin another.
  if (bytes[at - 1] === 0x0a) at--;
  for (let found = 0; found < lines && at > 0; found++) {
    const newline = bytes.lastIndexOf(0x0a, at - 1);
    if (newline < 0) {
      at = 0;
      break;
    }
    at = newline;
  }
  const isNewline = bytes[at] === 0x0a;
  const first = lines === 0 ? bytes.length : isNewline && at < bytes.length ? at + 1 : at;
  return readLogText(store, id, start + first, LIMITS.logAnswerBytes);
}

/** @returns `at`, or the start of the next character when `at` is inside one */
function characterStart(bytes: Buffer, at: number): number {
  for (let back = 1; back < CHARACTER_BYTES && back <= at; back++) {
    const length = characterBytes(bytes[at - back]!);
    if (length === 0) continue;
    return length > back && isContinued(bytes, at - back + 1, at) ? Math.min(bytes.length, at - back + length) : at;
  }
  return at;
}

/** @returns bytes of a character at the end that are not all there */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back < CHARACTER_BYTES && back <= bytes.length; back++) {
    const length = characterBytes(bytes[bytes.length - back]!);
    if (length > 0) return length > back ? back : 0;
  }
  return 0;
}

function isContinued(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) return false;
  return true;
}

/** @returns length of the character that a byte begins; 0 for a byte within one */
function characterBytes(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
