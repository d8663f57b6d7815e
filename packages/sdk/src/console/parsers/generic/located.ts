import { numberAt, numberRead } from "../byte-number.js";

/** Digits of a number with separators that are looked at. */
const MOST_GROUPED = 40;

/** A number, and where in the line it stands. */
export interface Located {
  value: number;
  /** Index of its first character in the line. */
  at: number;
}

/** A number of a plan. All are of this one class: plans are read again for each line, and V8 looks at objects of many shapes several times as long. */
export class PlanNumber<S = undefined> implements Located {
  value: number;
  readonly at: number;
  readonly of: PlanNumber | undefined;
  readonly series: S;

  /** @param located - the number @param series - what it is a value of @param of - the total of a counter */
  constructor({ value, at }: Located, series: S, of?: Located) {
    this.value = value;
    this.at = at;
    this.of = of && new PlanNumber(of, undefined);
    this.series = series;
  }
}

/** @param located - a number without a series @returns the same for a plan */
export function planNumber(located: Located): PlanNumber;
export function planNumber(located: Located | undefined): PlanNumber | undefined;
export function planNumber(located: Located | undefined): PlanNumber | undefined {
  return located && new PlanNumber(located, undefined);
}

/** Where the numbers of a form stand. */
export class Places {
  readonly numbers: readonly Located[];
  /** Byte offset of each; negative, less one, where it has separators of thousands. */
  readonly offsets: Int32Array;

  /** @param numbers - of the form @param offsets - of each */
  constructor(numbers: readonly Located[], offsets: Int32Array) {
    this.numbers = numbers;
    this.offsets = offsets;
  }
}

/**
 * Makes the numbers of a line fit for other lines of its form.
 *
 * @param numbers - of one line, with places in characters
 * @param text - that line
 * @param bytes - the same as UTF-8
 * @returns their places; undefined where they cannot be read from bytes
 */
export function placesOf(numbers: readonly Located[], text: string, bytes: Uint8Array): Places | undefined {
  const isAscii = bytes.length === text.length;
  const offsets = new Int32Array(numbers.length);
  for (const [index, { at, value }] of numbers.entries()) {
    const offset = isAscii ? at : Buffer.byteLength(text.slice(0, at));
    if (numberAt(bytes, offset, bytes.length) > 0 && Object.is(numberRead[0], value)) offsets[index] = offset;
    else if (groupedAt(bytes, offset, bytes.length) && Object.is(numberRead[0], value)) offsets[index] = -offset - 1;
    else return undefined;
  }
  return new Places(numbers, offsets);
}

/**
 * Reads the numbers at the same places of another line of the same form.
 *
 * @param places - of the form; their numbers are changed
 * @param bytes - where the line stands
 * @param start - index of its first byte
 * @param end - index after its last byte
 * @returns false where one is not there
 */
export function readAgain({ numbers, offsets }: Places, bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = 0; index < offsets.length; index += 1) {
    const offset = offsets[index] as number;
    const isThere = offset < 0 ? groupedAt(bytes, start - offset - 1, end) : numberAt(bytes, start + offset, end) >= 0;
    if (!isThere) return false;
    (numbers[index] as Located).value = numberRead[0] as number;
  }
  return true;
}

/** Reads a number with separators of thousands, as {@link numberAt} does others. */
function groupedAt(bytes: Uint8Array, at: number, end: number): boolean {
  const digits = /^\d+(?:,\d+)+(?:\.\d+)?(?![eE])/.exec(String.fromCharCode(...bytes.subarray(at, Math.min(end, at + MOST_GROUPED))))?.[0];
  if (digits === undefined) return false;
  numberRead[0] = Number(digits.replaceAll(",", ""));
  return true;
}
