import { KEEPS_WORD, KIND } from "./form-bytes.js";
import { type FormHashes, LineForm } from "./line-form.js";
import { mayTellWithoutDigits } from "./may-tell.js";
import { ShapeTable } from "./shape-table.js";

/** Bytes of a line whose form is taken. */
const MOST_BYTES = 4096;
/** Bytes of the shortest line that is compared with forms. */
const LEAST_BYTES = 4;
const ENCODER = new TextEncoder();
const SPACE = 0x20;
const ZERO = 0x30;
/** Sets of kinds of bytes. */
const DIGIT_OR_COLUMN = (1 << 1) | (1 << 3);

/**
 * Finds the form of a line: what is left when every digit is taken for the same one. Lines of one form have their numbers at the same places. Programs print lines in the same order again and again:
 * what came behind the last line the times before is tried first.
 */
export class LineShape {
  /** Forms that have come; null for those that came once. */
  readonly #forms = new ShapeTable<LineForm | null>();
  #last: LineForm | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #scratch = Buffer.alloc(0);
  /** The line of {@link ofText} as UTF-8. */
  text: Uint8Array = this.#scratch;

  /** @param text - one line @returns as of {@link of} */
  ofText(text: string): FormHashes | undefined {
    if (text.length > MOST_BYTES) return undefined;
    if (this.#scratch.length === 0) this.#scratch = Buffer.allocUnsafe(MOST_BYTES * 3);
    this.text = this.#scratch.subarray(0, ENCODER.encodeInto(text, this.#scratch).written);
    return this.text.length > MOST_BYTES ? undefined : hashesOf(this.text, 0, this.text.length);
  }

  /**
   * @param bytes - where the line stands; to be the same array as long as it holds the same
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @returns its form; undefined where the line is too long for that
   */
  of(bytes: Uint8Array, start: number, end: number): FormHashes | undefined {
    if (end - start > MOST_BYTES) return undefined;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const last = this.#last;
    let form = last?.next;
    if (form?.matches(this.#view, start, end) !== true) {
      form = last?.other;
      if (form?.matches(this.#view, start, end) !== true) {
        const hashes = hashesOf(bytes, start, end);
        if (end - start < LEAST_BYTES) return hashes;
        const known = this.#forms.get(hashes.exactLow, hashes.exactHigh);
        form = known === null ? new LineForm(hashes, bytes.subarray(start, end)) : known;
        if (known === undefined || known === null) this.#forms.set(hashes.exactLow, hashes.exactHigh, form ?? null);
        if (form === undefined) return hashes;
      }
      if (last !== undefined) {
        last.other = last.next;
        last.next = form;
      }
    }
    this.#last = form;
    return form;
  }
}

function hashesOf(bytes: Uint8Array, start: number, end: number): FormHashes {
  let anyLow = end - start;
  let anyHigh = 0x9e3779b9 | 0;
  let exactLow = anyLow;
  let exactHigh = anyHigh;
  let kinds = 0;
  let isInWord = false;
  // Two blanks in a row behind the indent, a tab or a pipe: a table may have that.
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
    } else isInWord = kind === 2 || (isInWord && KEEPS_WORD[byte] === 1);
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
  const isPlain = (kinds & DIGIT_OR_COLUMN) === 0 && !hasColumns;
  return { anyLow, anyHigh, exactLow, exactHigh, isWordless: isPlain && !mayTellWithoutDigits(bytes, start, end) };
}
