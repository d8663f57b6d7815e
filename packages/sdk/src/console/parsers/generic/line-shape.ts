import { mayTellWithoutDigits } from "./may-tell.js";

/** Bytes of a line whose form is taken. */
const MOST_BYTES = 4096;
const ENCODER = new TextEncoder();

/** 1: digit, 2: letter or another byte of a word, 3: tab or pipe. */
const KIND = new Uint8Array(256);
KIND.fill(2, 0x80);
KIND.fill(1, 0x30, 0x3a);
KIND.fill(2, 0x41, 0x5b);
KIND.fill(2, 0x61, 0x7b);
KIND[0x5f] = 2;
KIND[0x40] = 2;
KIND[0x09] = 3;
KIND[0x7c] = 3;
/** Bytes that may stand within a word: `-`, `.`, `'`, `+`. */
const JOINS = new Uint8Array(256);
for (const byte of [0x2d, 0x2e, 0x27, 0x2b]) JOINS[byte] = 1;

/** Sets of kinds. */
const DIGIT_OR_COLUMN = (1 << 1) | (1 << 3);

const SPACE = 0x20;
const ZERO = 0x30;

/**
 * The form of a line: what is left when every digit is taken for the same one. Lines of one form have their numbers at the same places. Two hashes of 64 bits each stand for
 * it: in `any` all digits count alike, in `exact` those within words (`top5`, `loss_1`) are kept. One object is used for all lines.
 */
export class LineShape {
  anyLow = 0;
  anyHigh = 0;
  exactLow = 0;
  exactHigh = 0;
  /** The line has neither numbers nor the look of a heading or a table. */
  isWordless = false;
  /** The line of {@link scanText} as UTF-8. */
  text: Uint8Array = new Uint8Array(0);
  readonly #scratch = Buffer.allocUnsafe(MOST_BYTES * 3);

  /** @param text - one line @returns as of {@link scan} */
  scanText(text: string): boolean {
    if (text.length > MOST_BYTES) return false;
    this.text = this.#scratch.subarray(0, ENCODER.encodeInto(text, this.#scratch).written);
    return this.scan(this.text, 0, this.text.length);
  }

  /**
   * @param bytes - where the line stands
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @returns false where the line is too long for that
   */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MOST_BYTES) return false;
    let anyLow = end - start;
    let anyHigh = 0x9e3779b9 | 0;
    let exactLow = anyLow;
    let exactHigh = anyHigh;
    let kinds = 0;
    let isInWord = false;
    let hasColumns = false;
    let before = SPACE;
    let isIndent = true;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      const kind = KIND[byte] as number;
      let exact = byte;
      let any = byte;
      if (kind === 1) {
        any = ZERO;
        if (!isInWord) exact = ZERO;
      } else if (kind === 2) isInWord = true;
      else if (JOINS[byte] === 0) isInWord = false;
      if (byte === SPACE) {
        if (before === SPACE && !isIndent) hasColumns = true;
      } else isIndent = false;
      kinds |= 1 << kind;
      before = byte;
      anyLow = Math.imul(anyLow ^ any, 0x01000193);
      anyHigh = Math.imul(anyHigh ^ any, 0x85ebca6b) ^ (anyHigh >>> 15);
      exactLow = Math.imul(exactLow ^ exact, 0x01000193);
      exactHigh = Math.imul(exactHigh ^ exact, 0x85ebca6b) ^ (exactHigh >>> 15);
    }
    this.anyLow = anyLow;
    this.anyHigh = anyHigh;
    this.exactLow = exactLow;
    this.exactHigh = exactHigh;
    // Two blanks in a row behind the indent, a tab or a pipe: a table may have that.
    const isPlain = (kinds & DIGIT_OR_COLUMN) === 0 && !hasColumns;
    this.isWordless = isPlain && !mayTellWithoutDigits(bytes, start, end);
    return true;
  }
}
