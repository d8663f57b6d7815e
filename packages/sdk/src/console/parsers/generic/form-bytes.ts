/** 1: digit, 2: letter or another byte of a word. */
const KIND = new Uint8Array(256);
KIND.fill(2, 0x80);
KIND.fill(1, 0x30, 0x3a);
KIND.fill(2, 0x41, 0x5b);
KIND.fill(2, 0x61, 0x7b);
KIND[0x5f] = 2;
KIND[0x40] = 2;
/** Bytes that may stand within a word: `-`, `.`, `'`, `+`. */
const JOINS = new Uint8Array(256);
for (const byte of [0x2d, 0x2e, 0x27, 0x2b]) JOINS[byte] = 1;

/** UTF-8: bytes from here continue a character, or begin one, or one from U+3000 on, or one of four bytes. */
const FIRST_CONTINUATION = 0x80;
const FIRST_LEAD = 0xc0;
const FIRST_WIDE_LEAD = 0xe3;
const FIRST_LEAD_OF_FOUR = 0xf0;

const ZEROS = 0x30303030;
const LOW_SEVEN = 0x7f7f7f7f;
/** Carries into the highest bit of a byte what is above 9. */
const ABOVE_NINE = 0x76767676;
const HIGHEST = 0x80808080 | 0;

/** @param line - bytes of a line @returns 1 for each digit that stands in no word: lines of the same form may have another there */
export function isFree(line: Uint8Array): Uint8Array {
  let isInWord = false;
  return line.map((byte) => {
    const kind = KIND[byte] as number;
    if (kind === 1) return isInWord ? 0 : 1;
    // Ideographs and full-width punctuation stand before numbers without a blank.
    if (byte >= FIRST_LEAD) isInWord = byte < FIRST_WIDE_LEAD || byte >= FIRST_LEAD_OF_FOUR;
    else if (byte < FIRST_CONTINUATION) isInWord = kind === 2 || (isInWord && JOINS[byte] === 1);
    return 0;
  });
}

/** The two halves of {@link hash}. Elements of an array, since an object for each line costs more than the hash. */
export const hashed: Int32Array = new Int32Array(2);

/**
 * Hashes a line with all its digits taken for 0 into {@link hashed}, four bytes at a time.
 *
 * @param view - of the bytes where the line stands
 * @param start - index of its first byte
 * @param end - index after its last byte, four behind `start` at least
 */
export function hash(view: DataView, start: number, end: number): void {
  let low = end - start;
  let high = 0x9e3779b9 | 0;
  for (let at = start; ; at += 4) {
    if (at > end - 4) at = end - 4;
    const bytes = view.getInt32(at, true);
    const toZeros = bytes ^ ZEROS;
    const digits = ~(((toZeros & LOW_SEVEN) + ABOVE_NINE) | toZeros) & HIGHEST;
    const plain = bytes & ~((digits >>> 3) - (digits >>> 7));
    low = Math.imul(low ^ plain, 0x01000193);
    low ^= low >>> 15;
    high = Math.imul(high ^ plain, 0x85ebca6b);
    high ^= high >>> 13;
    if (at === end - 4) break;
  }
  hashed[0] = low;
  hashed[1] = high;
}
