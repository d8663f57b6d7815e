import { numberAt, numberRead } from "../byte-number.js";

/** Digits of a number with separators that are looked at. */
const MOST_GROUPED = 40;

/** A number, and where in the line it stands. */
export interface Located {
  value: number;
  /** Index of its first character in the line. */
  at: number;
  /** It has separators of thousands. */
  isGrouped?: boolean;
}

/**
 * Makes the numbers of a line fit for other lines of its form: places become byte offsets.
 *
 * @param numbers - of one line, with places in characters; changed
 * @param text - that line
 * @param bytes - the same as UTF-8
 * @returns false where they cannot be read from bytes
 */
export function placeInBytes(numbers: readonly Located[], text: string, bytes: Uint8Array): boolean {
  const isAscii = bytes.length === text.length;
  for (const located of numbers) {
    if (!isAscii) located.at = Buffer.byteLength(text.slice(0, located.at));
    const { value } = located;
    if (read(located, bytes, 0, bytes.length) && Object.is(located.value, value)) continue;
    located.isGrouped = true;
    if (read(located, bytes, 0, bytes.length) && Object.is(located.value, value)) continue;
    located.value = value;
    return false;
  }
  return true;
}

/**
 * Reads the numbers at the same places of another line of the same form.
 *
 * @param numbers - changed
 * @param bytes - where the line stands
 * @param start - index of its first byte
 * @param end - index after its last byte
 * @returns false where one is not there
 */
export function readAgain(numbers: readonly Located[], bytes: Uint8Array, start: number, end: number): boolean {
  for (const located of numbers) if (!read(located, bytes, start, end)) return false;
  return true;
}

function read(located: Located, bytes: Uint8Array, start: number, end: number): boolean {
  const at = start + located.at;
  if (located.isGrouped === true) {
    const digits = /^\d+(?:,\d+)+(?:\.\d+)?(?![eE])/.exec(
      String.fromCharCode(...bytes.subarray(at, Math.min(end, at + MOST_GROUPED))),
    )?.[0];
    if (digits === undefined) return false;
    located.value = Number(digits.replaceAll(",", ""));
    return true;
  }
  if (numberAt(bytes, at, end) < 0) return false;
  located.value = numberRead[0] as number;
  return true;
}
