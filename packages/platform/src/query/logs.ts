import { LIMITS, type LogHit, type LogSearchAnswer, type LogsAnswer } from "ava-protocol";
import type { LogStretch } from "../store/contract/log.js";
import type { Store } from "../store/contract/store.js";

const NEWLINE = 0x0a;

/** Longest UTF-8 character, in bytes. */
const CHARACTER_BYTES = 4;

/**
 * Reads log text from an offset. It ends with a line, unless the line is longer than the text may be, or the log ends there.
 *
 * @param id - of an instance
 * @param offset - first byte; moved on to the start of a character
 * @param limit - bytes at most
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function readLogText(store: Store, id: string, offset: number, limit: number): Promise<LogsAnswer> {
  const wanted = Math.max(CHARACTER_BYTES, Math.min(limit, LIMITS.logAnswerBytes));
  const { start, bytes, size, isOver, damage, first } = await readFrom(store, id, offset, wanted);
  // A character may still be on its way, unless the run is over.
  const isComplete = start + bytes.length === size && isOver;
  const last = isComplete ? bytes.length : bytes.length - unfinishedBytes(bytes);
  const isAtEnd = start + bytes.length === size;
  const lineEnd = isAtEnd || last <= first ? 0 : bytes.lastIndexOf(NEWLINE, last - 1) + 1;
  const until = lineEnd > first ? lineEnd : Math.max(first, last);
  return answerOf(start, bytes, first, until, size, damage);
}

function answerOf(start: number, bytes: Buffer, first: number, until: number, size: number, damage: readonly string[]): LogsAnswer {
  const answer = { offset: start + first, nextOffset: start + until, size, text: bytes.toString("utf8", first, until) };
  return damage.length === 0 ? answer : { ...answer, damage: [...damage] };
}

/**
 * Reads log text in front of an offset. It begins with a line, unless the line is longer than the text may be.
 *
 * @param id - of an instance
 * @param before - byte after the last: `offset` of the text that follows
 * @param limit - bytes at most
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function readLogBefore(store: Store, id: string, before: number, limit: number): Promise<LogsAnswer> {
  const { size } = await store.readLog(id, { lastBytes: 0 });
  const end = Math.min(before, size);
  const from = Math.max(0, end - Math.max(CHARACTER_BYTES, limit));
  const { start, bytes, damage, first } = await readFrom(store, id, from, end - from);
  // The byte in front tells whether the first line is whole.
  const lineStart = from === 0 ? 0 : bytes.indexOf(NEWLINE, from - start - 1) + 1;
  const isCut = from > 0 && (lineStart === 0 || lineStart === bytes.length);
  return answerOf(start, bytes, isCut ? first : lineStart, bytes.length, size, damage);
}

/** Bytes of a line that a hit shows before and after its beginning. */
const SHOWN_BYTES = 500;

/**
 * Searches a log.
 *
 * @param id - of an instance
 * @param text - looked for as it is, upper and lower case apart
 * @param offset - where to begin, in bytes
 * @param hits - most to find
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function searchLogText(store: Store, id: string, text: string, offset: number, hits: number): Promise<LogSearchAnswer> {
  const { offsets, nextStart } = await store.searchLog(id, Buffer.from(text), offset, hits);
  const { size } = await store.readLog(id, { lastBytes: 0 });
  const found: LogHit[] = [];
  for (const at of offsets) found.push(await hitAt(store, id, at));
  return { size, hits: found, ...(nextStart === undefined ? {} : { nextOffset: nextStart }) };
}

async function hitAt(store: Store, id: string, offset: number): Promise<LogHit> {
  const from = Math.max(0, offset - SHOWN_BYTES);
  const [{ bytes, start, first }, [mark]] = await Promise.all([
    readFrom(store, id, from, offset - from + SHOWN_BYTES),
    store.readLogMarks(id, offset, offset + 1),
  ]);
  const place = offset - start;
  const newline = place === 0 ? -1 : bytes.lastIndexOf(NEWLINE, place - 1);
  const lineStart = Math.max(first, newline + 1);
  const next = bytes.indexOf(NEWLINE, place);
  const lineEnd = next < 0 ? bytes.length - unfinishedBytes(bytes) : next;
  const line = bytes.toString("utf8", lineStart, lineEnd);
  return { offset, lineOffset: start + lineStart, line, ...(mark === undefined ? {} : { timeNs: mark.timeNs.toString() }) };
}

/**
 * The whole log as it is, piece by piece; what comes after the beginning is left out.
 *
 * @param id - of an instance
 * @throws PlatformError `not_found`, `store_damaged`
 */
export async function wholeLog(store: Store, id: string): Promise<AsyncIterable<Buffer>> {
  const { size } = await store.readLog(id, { lastBytes: 0 });
  return pieces(store, id, size);
}

async function* pieces(store: Store, id: string, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < size; at += LIMITS.logAnswerBytes) {
    yield (await store.readLog(id, { start: at, bytes: Math.min(LIMITS.logAnswerBytes, size - at) })).bytes;
  }
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
  if (bytes[at - 1] === NEWLINE) at--;
  for (let found = 0; found < lines && at > 0; found++) {
    const newline = bytes.lastIndexOf(NEWLINE, at - 1);
    if (newline < 0) {
      at = 0;
      break;
    }
    at = newline;
  }
  const isNewline = bytes[at] === NEWLINE;
  const first = lines === 0 ? bytes.length : isNewline && at < bytes.length ? at + 1 : at;
  return readLogText(store, id, start + first, LIMITS.logAnswerBytes);
}

/** @returns a stretch, from some bytes earlier on, and where in it the first whole character from `from` on begins */
async function readFrom(store: Store, id: string, from: number, bytes: number): Promise<LogStretch & { first: number }> {
  const lead = Math.max(0, from - CHARACTER_BYTES + 1);
  const stretch = await store.readLog(id, { start: lead, bytes: from - lead + bytes });
  return { ...stretch, first: characterStart(stretch.bytes, Math.min(from, stretch.size) - stretch.start) };
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
