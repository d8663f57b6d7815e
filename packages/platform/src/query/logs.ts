import { LIMITS, type LogsAnswer } from "ava-protocol";
import type { Store } from "../store/contract/store.js";
import { type Instance, logBytes } from "../store/embedded/instance/instance.js";

/** Longest UTF-8 character, in bytes. */
const CHARACTER_BYTES = 4;

/**
 * Reads log text from an offset.
 *
 * @param offset - first byte; moved on to the start of a character
 * @param limit - bytes at most
 */
export function readLogText(store: Store, instance: Instance, offset: number, limit: number): LogsAnswer {
  const size = logBytes(instance);
  const start = Math.min(offset, size);
  const lead = Math.max(0, start - CHARACTER_BYTES + 1);
  const end = Math.min(size, start + Math.max(CHARACTER_BYTES, Math.min(limit, LIMITS.logAnswerBytes)));
  const { bytes, damage } = store.readLog(instance, lead, end);
  const first = characterStart(bytes, start - lead);
  // A character may still be on its way, unless the run is over.
  const isComplete = end === size && instance.facts.state !== "running";
  const last = isComplete ? bytes.length : bytes.length - unfinishedBytes(bytes);
  const until = Math.max(first, last);
  const answer = { offset: lead + first, nextOffset: lead + until, size, text: bytes.toString("utf8", first, until) };
  return damage.length === 0 ? answer : { ...answer, damage };
}

/**
 * Reads the last lines of a log.
 *
 * @param lines - how many; fewer when they are longer than one answer may be
 */
export function readLogTail(store: Store, instance: Instance, lines: number): LogsAnswer {
  const size = logBytes(instance);
  const lead = Math.max(0, size - LIMITS.logAnswerBytes);
  const { bytes } = store.readLog(instance, lead, size);
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
  return readLogText(
    store,
    instance,
    lead + (lines === 0 ? bytes.length : isNewline && at < bytes.length ? at + 1 : at),
    LIMITS.logAnswerBytes,
  );
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
