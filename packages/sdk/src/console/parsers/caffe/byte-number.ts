const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
/** A number of more digits is left to others: they would have to be arguments of one call. */
const LONGEST = 400;
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Where the number that {@link numberAt} read last ends. A variable beside the function, since an object per number would cost as much as the reading. */
export let numberEnd = 0;

/**
 * Reads a number as C++ streams print it (`0.5`, `1e+23`, `-nan`, `inf`), exactly as `Number` would. Up to 15 digits and powers of ten up
 * to 22 are exact in a double, so one division rounds right; the rest is left to `Number`.
 *
 * @param bytes - where the number stands
 * @param start - index of its first byte
 * @param end - index after the last byte that may belong to it
 * @returns its value; undefined when there is none of this form
 */
export function numberAt(bytes: Uint8Array, start: number, end: number): number | undefined {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  let at = first;
  let digits = 0;
  let mantissa = 0;
  let point = -1;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT && point < 0 && digits > 0) point = at;
    else if (byte < ZERO || byte > ZERO + 9) break;
    else {
      mantissa = mantissa * 10 + byte - ZERO;
      digits += 1;
    }
  }
  if (digits === 0) return wordAt(bytes, first, end, negative);
  let power = point < 0 ? 0 : point + 1 - at;
  if (at < end && bytes[at] === LOWER_E) {
    const downwards = bytes[at + 1] === MINUS;
    const tens = (bytes[at + 2] as number) - ZERO;
    const ones = (bytes[at + 3] as number) - ZERO;
    if (at + 4 > end || tens < 0 || tens > 9 || ones < 0 || ones > 9 || isDigit(bytes, at + 4, end)) return undefined;
    power += downwards ? -(tens * 10 + ones) : tens * 10 + ones;
    at += 4;
  }
  if (digits > LONGEST) return undefined;
  numberEnd = at;
  if (digits > 15 || power > 22 || power < -22) return Number(String.fromCharCode(...bytes.subarray(start, at)));
  const value = power < 0 ? mantissa / (POWERS[-power] as number) : mantissa * (POWERS[power] as number);
  return negative ? -value : value;
}

function isDigit(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= ZERO + 9;
}

/** `nan` or `inf`. */
function wordAt(bytes: Uint8Array, start: number, end: number, negative: boolean): number | undefined {
  if (start + 3 > end) return undefined;
  numberEnd = start + 3;
  const word = String.fromCharCode(bytes[start] as number, bytes[start + 1] as number, bytes[start + 2] as number);
  if (word === "nan") return Number.NaN;
  if (word !== "inf") return undefined;
  return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
