import { isFree } from "./form-bytes.js";

const LOW_NIBBLE = 0x0f;
const DIGIT_ZERO = 0x30;
/** Six and ten make 16. */
const SIXES = 0x06060606;
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
  readonly #first: number;
  readonly #last: number;

  /** @param group - of the form @param bytes - of its lines @param first - where its words are among those of all forms */
  constructor(group: FormGroup, bytes: number, first: number) {
    this.group = group;
    this.#bytes = bytes;
    this.#first = first;
    this.#last = first + wordsOf(bytes) - 2;
  }

  /** No line has it any more: forms that it came behind would keep it, and it those that came behind it, without end. */
  forget(): void {
    this.#bytes = -1;
    this.after.length = 0;
    this.known.length = 0;
  }

  /**
   * @param words - of all forms
   * @param view - of the bytes where a line stands
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @returns whether it is of this form
   */
  matches(words: Int32Array, view: DataView, start: number, end: number): boolean {
    if (end - start !== this.#bytes) return false;
    const last = this.#last;
    let at = start;
    for (let word = this.#first; word < last; word += 2, at += 4)
      if (isOther(view.getInt32(at, true), words[word] as number, words[word + 1] as number)) return false;
    return !isOther(view.getInt32(end - 4, true), words[last] as number, words[last + 1] as number);
  }
}

/** @param bytes - of a line @returns how many words its form has */
export function wordsOf(bytes: number): number {
  return ((bytes >> 2) + 1) * 2;
}

/**
 * Writes the form of a line: for each four bytes what they have to be, with 0 for digits that may be others, and the low bits of those digits. The last four may overlap those before.
 *
 * @param line - bytes of a line of the form, four at least
 * @param words - of all forms
 * @param first - where its own begin
 */
export function writeForm(line: Uint8Array, words: Int32Array, first: number): void {
  const free = isFree(line);
  for (let word = 0; word < wordsOf(line.length); word += 2) {
    const at = Math.min(word * 2, line.length - 4);
    let [wanted, digits] = [0, 0];
    for (let index = at + 3; index >= at; index -= 1) {
      const isDigit = free[index] === 1;
      wanted = (wanted << 8) | (isDigit ? DIGIT_ZERO : (line[index] as number));
      digits = (digits << 8) | (isDigit ? LOW_NIBBLE : 0);
    }
    words[first + word] = wanted;
    words[first + word + 1] = digits;
  }
}

/** Whether four bytes are not as wanted: a digit that may be another one carries into the next bit when it is above 9. */
function isOther(found: number, wanted: number, digits: number): boolean {
  return (((found & ~digits) ^ wanted) | (((found & digits) + ((digits >>> 1) & SIXES)) & CARRIES)) !== 0;
}
