import { isFree } from "./form-bytes.js";

const HIGH_NIBBLES = 0xf0;
const LOW_NIBBLES = 0x0f;
const DIGIT_ZERO = 0x30;
/** Carries into the next bit what is above 9. */
const SIX = 0x06;
const CARRIES = 0x10101010;
/** Forms of one group that are kept: those with other digits in their words. */
const MOST_FORMS = 8;

/** Forms that differ in the digits of their words alone (`top1`, `top5`). What is known of a group holds for lines with any digits in words, too. */
export class FormGroup {
  /** Its lines have neither numbers nor the look of a heading or a table. */
  readonly isWordless: boolean;
  /** Who has told whose lines these are keeps it here. */
  owner: unknown;
  /** Of each memory: places where its lines tell nothing; true for everywhere. */
  readonly nothing: (true | number[] | undefined)[] = [];
  readonly forms: LineForm[] = [];
  /** Itself: a group stands for a form where its words have digits that did not come before. */
  readonly group: FormGroup = this;
  /** Nothing: as of {@link LineForm.known}. */
  readonly known: readonly unknown[] = [];

  /** @param isWordless - whether its lines have neither numbers nor the look of a heading or a table */
  constructor(isWordless: boolean) {
    this.isWordless = isWordless;
  }

  /** @param form - of this group; the oldest one goes where there are too many */
  add(form: LineForm): void {
    if (this.forms.unshift(form) > MOST_FORMS) this.forms.pop()?.forget();
  }

  /** The group is not found any more. */
  forget(): void {
    for (const form of this.forms) form.forget();
  }
}

/** A form that lines are compared with, four bytes at a time. */
export class LineForm {
  readonly group: FormGroup;
  /** What came behind it the last times. */
  readonly after: LineForm[] = [];
  /** Of each memory: what its lines tell. */
  readonly known: unknown[] = [];
  #bytes: number;
  /** Of each word: the bits that have to be as wanted, those, the low bits of digits, and what they are tested by. The last word may overlap the one before it. */
  readonly #masks: Int32Array;
  readonly #wanted: Int32Array;
  readonly #digits: Int32Array;
  readonly #tests: Int32Array;

  /** @param group - of the form @param line - bytes of a line of the form, four at least */
  constructor(group: FormGroup, line: Uint8Array) {
    this.group = group;
    this.#bytes = line.length;
    const free = isFree(line);
    const inWords = (ofByte: (byte: number, isDigit: boolean) => number): Int32Array =>
      Int32Array.from({ length: (line.length >> 2) + 1 }, (_, word) => {
        const at = Math.min(word * 4, line.length - 4);
        let bits = 0;
        for (let index = 3; index >= 0; index -= 1) bits = (bits << 8) | ofByte(line[at + index] as number, free[at + index] === 1);
        return bits;
      });
    this.#masks = inWords((_, isDigit) => (isDigit ? HIGH_NIBBLES : 0xff));
    this.#wanted = inWords((byte, isDigit) => (isDigit ? DIGIT_ZERO : byte));
    this.#digits = inWords((_, isDigit) => (isDigit ? LOW_NIBBLES : 0));
    this.#tests = inWords((_, isDigit) => (isDigit ? SIX : 0));
  }

  /** No line has it any more: forms that it came behind would keep it, and it those that came behind it, without end. */
  forget(): void {
    this.#bytes = -1;
    this.after.length = 0;
    this.known.length = 0;
  }

  /**
   * @param view - of the bytes where a line stands
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @returns whether it is of this form
   */
  matches(view: DataView, start: number, end: number): boolean {
    if (end - start !== this.#bytes) return false;
    const masks = this.#masks;
    const wanted = this.#wanted;
    const digits = this.#digits;
    const tests = this.#tests;
    const last = wanted.length - 1;
    for (let word = 0; word <= last; word += 1) {
      const found = view.getInt32(word === last ? end - 4 : start + word * 4, true);
      const isOther = (found & (masks[word] as number)) ^ (wanted[word] as number);
      if ((isOther | (((found & (digits[word] as number)) + (tests[word] as number)) & CARRIES)) !== 0) return false;
    }
    return true;
  }
}
