const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
const PIPE = 0x7c;

/** 1: digit; 2: a byte that a table or a heading without digits has. */
const KIND = new Uint8Array(256);
for (let digit = 0x30; digit <= 0x39; digit += 1) KIND[digit] = 1;
for (const byte of [TAB, PIPE]) KIND[byte] = 2;

const FILE = Buffer.from('  File "');

/**
 * Cheap first look at the bytes of a line: most of what programs print has no number, or is a line of a traceback.
 *
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @param end - index after its last byte
 * @returns false when the line surely tells nothing, neither of itself nor of the lines behind it
 */
export function mayTell(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  let hasColumns = false;
  for (; at < end; at += 1) {
    const kind = KIND[bytes[at] as number];
    if (kind === 1) return true;
    if (kind === 2) hasColumns = true;
    else if (bytes[at] === SPACE && bytes[at + 1] === SPACE && at + 1 < end) hasColumns = true;
  }
  if (hasColumns) return true;
  return hasWordOfNumber(bytes, start, end) || isHeading(bytes, start, end);
}

/**
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @returns whether the line names a place in a Python traceback: a line of source code follows
 */
export function isFileLine(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < FILE.length; at += 1) if (bytes[start + at] !== FILE[at]) return false;
  return true;
}

/** `loss: nan`, `loss=inf`: behind a link or a blank at the end of a word. */
function hasWordOfNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at + 2 < end; at += 1) {
    const middle = (bytes[at + 1] as number) | 0x20;
    const first = (bytes[at] as number) | 0x20;
    const last = (bytes[at + 2] as number) | 0x20;
    if (
      ((first === 0x6e && middle === 0x61 && last === 0x6e) || (first === 0x69 && middle === 0x6e && last === 0x66)) &&
      !isLetter(bytes[at - 1])
    )
      return true;
  }
  return false;
}

function isLetter(byte: number | undefined): boolean {
  const lower = (byte as number) | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** `Validation:`, `***** eval metrics *****`, the last border of a box. */
function isHeading(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end - 1;
  while (last >= start && bytes[last] === SPACE) last -= 1;
  const byte = bytes[last];
  return last >= start && ((byte as number) >= 0x80 || byte === COLON || byte === 0x2a || byte === 0x3d || byte === 0x2d);
}
