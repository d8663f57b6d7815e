const SPACE = 0x20;
const COLON = 0x3a;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
/** Bytes of a line that is looked at: lists of numbers and dumps are longer. */
export const MOST_BYTES = 4096;
const FILE = Buffer.from('  File "');
/** Words that the header of a table begins with whose columns are one blank apart. */
const COUNTERS: readonly (readonly number[])[] = ["epoch ", "iter ", "iteration ", "step ", "round "].map((word) => [...Buffer.from(word)]);
const FIRSTS = new Set(COUNTERS.map(([first]) => first));

const TAB = 0x09;
const PIPE = 0x7c;

/**
 * @param bytes - a chunk of output
 * @param start - index of the line's first byte
 * @param end - index after its last byte
 * @returns whether a line has neither digits nor numbers in letters (`nan`, `inf`) nor the look of a heading, a header of columns or the border of a box; false where it is too long for a look
 */
export function isWordless(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MOST_BYTES) return false;
  let hasText = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if ((byte >= 0x30 && byte <= 0x39) || byte === TAB || byte === PIPE) return false;
    if (byte !== SPACE) hasText = true;
    // Columns: two blanks in a row behind the indent.
    else if (hasText && bytes[at - 1] === SPACE) return false;
  }
  return !isHeading(bytes, start, end) && !isHeader(bytes, start, end) && !hasWordOfNumber(bytes, start, end);
}

/** `epoch,loss,acc`, `epoch;loss;acc`, `Step Loss Accuracy`. */
function isHeader(bytes: Uint8Array, start: number, end: number): boolean {
  if (isWordByte(bytes[end - 1] as number))
    for (let at = start; at < end; at += 1) if (bytes[at] === COMMA || bytes[at] === SEMICOLON) return true;
  let first = start;
  while (first < end && bytes[first] === SPACE) first += 1;
  if (!FIRSTS.has((bytes[first] as number) | SPACE)) return false;
  return COUNTERS.some((word) => word.every((byte, at) => ((bytes[first + at] as number) | SPACE) === byte));
}

function isWordByte(byte: number): boolean {
  return isLetter(byte) || byte === 0x22 || byte === 0x29 || byte === 0x25 || byte === 0x5f;
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

/** `loss: nan`, `loss=inf`: behind something else than a letter. */
function hasWordOfNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at + 2 < end; at += 1) {
    const first = (bytes[at] as number) | 0x20;
    if (first !== 0x6e && first !== 0x69) continue;
    const middle = (bytes[at + 1] as number) | 0x20;
    const last = (bytes[at + 2] as number) | 0x20;
    const isWord = first === 0x6e ? middle === 0x61 && last === 0x6e : middle === 0x6e && last === 0x66;
    if (isWord && !isLetter(bytes[at - 1] as number)) return true;
  }
  return false;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** `Validation:`, `***** eval metrics *****`, the last border of a box. */
function isHeading(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end - 1;
  while (last >= start && bytes[last] === SPACE) last -= 1;
  const byte = bytes[last] as number;
  return last >= start && (byte >= 0x80 || byte === COLON || byte === 0x2a || byte === 0x3d || byte === 0x2d);
}
