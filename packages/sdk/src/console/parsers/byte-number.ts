const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
/** What numbers are made of: a string of such parts costs less than one made of bytes. */
const CHARACTERS: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
/** A number of more digits is left to others. */
const LONGEST = 400;
/** Digits that fit into an integer of 32 bits, whatever they are. */
const MOST_OF_INTEGER = 9;
/** `nan` and `inf`. */
const NAN_WORD = 0x6e616e;
const INF_WORD = 0x696e66;
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The number that {@link numberAt} read last. An element of an array beside the function, since a number that is returned costs an object. */
export const numberRead: Float64Array = new Float64Array(1);

/**
 * Reads a number as C++ streams and their like print it (`0.5`, `1e+23`, `1E-05`, `-nan`, `inf`) into {@link numberRead}, exactly as `Number` would. Up to 15 digits and powers of ten up
 * to 22 are exact in a double, so one multiplication or division rounds right, and higher powers where what is above 22 makes no more than 15 digits; the rest is left to `Number`.
 *
 * @param bytes - where the number stands
 * @param start - index of its first byte
 * @param end - index after the last byte that may belong to it
 * @returns index after its last byte; -1 when there is none of this form
 */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  let at = first;
  let point = -1;
  // The first nine digits as an integer: sums of doubles take several times as long.
  let head = 0;
  const stop = Math.min(end, first + MOST_OF_INTEGER);
  for (; at < stop; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit >= 0 && digit <= 9) head = (Math.imul(head, 10) + digit) | 0;
    else if (digit === POINT - ZERO && point < 0 && at > first) point = at;
    else break;
  }
  let mantissa = head;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= ZERO + 9) mantissa = mantissa * 10 + byte - ZERO;
    else if (byte === POINT && point < 0 && at > first) point = at;
    else break;
  }
  const digits = point < 0 ? at - first : at - first - 1;
  if (digits === 0) return wordAt(bytes, first, end, negative);
  let power = point < 0 ? 0 : point + 1 - at;
  // `1epoch` has no exponent.
  if (at < end && ((bytes[at] as number) | 0x20) === LOWER_E && !isLetter(bytes, at + 1, end)) {
    const downwards = bytes[at + 1] === MINUS;
    const tens = (bytes[at + 2] as number) - ZERO;
    const ones = (bytes[at + 3] as number) - ZERO;
    if (!downwards && bytes[at + 1] !== PLUS) return -1;
    if (at + 4 > end || tens < 0 || tens > 9 || ones < 0 || ones > 9 || isDigit(bytes, at + 4, end)) return -1;
    power += downwards ? -(tens * 10 + ones) : tens * 10 + ones;
    at += 4;
  }
  if (digits > LONGEST) return -1;
  if (power > 22 && power < 38) {
    mantissa *= POWERS[power - 22] as number;
    power = 22;
  }
  if (digits > 15 || mantissa > 1e15 || power > 22 || power < -22) {
    let text = "";
    for (let index = start; index < at; index += 1) text += CHARACTERS[bytes[index] as number];
    numberRead[0] = Number(text);
    return at;
  }
  const value = power < 0 ? mantissa / (POWERS[-power] as number) : mantissa * (POWERS[power] as number);
  numberRead[0] = negative ? -value : value;
  return at;
}

function isDigit(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= ZERO + 9;
}

function isLetter(bytes: Uint8Array, at: number, end: number): boolean {
  const lower = (bytes[at] as number) | 0x20;
  return at < end && lower >= 0x61 && lower <= 0x7a;
}

/** `nan` or `inf`. */
function wordAt(bytes: Uint8Array, start: number, end: number, negative: boolean): number {
  if (start + 3 > end) return -1;
  const word = ((bytes[start] as number) << 16) | ((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number);
  if (word === NAN_WORD) numberRead[0] = Number.NaN;
  else if (word === INF_WORD) numberRead[0] = negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  else return -1;
  return start + 3;
}
