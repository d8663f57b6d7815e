import { hash, hashed } from "./form-bytes.js";
import { FormGroup, LineForm, wordsOf, writeForm } from "./line-form.js";
import { isWordless, MOST_BYTES } from "./may-tell.js";
import { ShapeTable } from "./shape-table.js";

/** Bytes of the shortest line whose form is looked for. */
export const LEAST_BYTES = 4;
/** Forms behind a form that are tried before the hash. */
const MOST_AFTER = 4;
/** Words of all forms, of four bytes each: some ten thousand forms. Who prints more pays for it. */
const MOST_WORDS = 1 << 20;
/** Room for the first forms; a program with more gets twice as much, again and again. */
const FIRST_WORDS = 1 << 14;
const ENCODER = new TextEncoder();

/** What is found of a line: its form, or the group of its form where its words have other digits than all that came. */
export type FoundForm = LineForm | FormGroup | undefined;

/**
 * Knows the forms of lines: a form is what is left when every digit that stands in no word is taken for the same one. Lines of one form have their numbers at the same places. Programs print lines in the
 * same order again and again: what came behind the last line the times before is tried first.
 */
export class FormFinder {
  #groups = new ShapeTable<FormGroup>();
  /** Those of all forms, one behind the other as their lines came: forms of lines that follow each other are near each other in memory. */
  #words = new Int32Array(0);
  #wordsEnd = 0;
  /** Apart from the groups, so that prose that never repeats does not displace them. */
  readonly #passed = new ShapeTable<true>();
  /** Of all lines that {@link pass} was told of. */
  readonly passedGroup: FormGroup = new FormGroup(true);
  #last: LineForm | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Those before: lines of a chunk and frames of a buffer come in turn. */
  #bytesBefore: Uint8Array = this.#bytes;
  #viewBefore = this.#view;
  #scratch: Uint8Array = this.#bytes;
  #memories = 0;
  /** The line of {@link ofText} as UTF-8; empty where it is too long. */
  text: Uint8Array = this.#bytes;

  /** @returns a number for one that keeps what it knows at the forms */
  enter(): number {
    return this.#memories++;
  }

  /**
   * @param bytes - where the line stands; the same array only as long as it is of the same memory
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @returns its form; undefined where none is known
   */
  find(bytes: Uint8Array, start: number, end: number): FoundForm {
    if (end - start > MOST_BYTES || end - start < LEAST_BYTES) return undefined;
    const view = bytes === this.#bytes ? this.#view : this.#viewOf(bytes);
    const last = this.#last;
    let form = last && formOf(last.after, this.#words, view, start, end);
    if (form === undefined) {
      hash(view, start, end);
      const [low, high] = [hashed[0] as number, hashed[1] as number];
      const group = this.#groups.get(low, high);
      form = group && formOf(group.forms, this.#words, view, start, end);
      if (form === undefined) return group ?? (this.#passed.get(low, high) && this.passedGroup);
      if (last !== undefined && last.after.unshift(form) > MOST_AFTER) last.after.pop();
    }
    this.#last = form;
    return form;
  }

  #viewOf(bytes: Uint8Array): DataView {
    const view = bytes === this.#bytesBefore ? this.#viewBefore : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytesBefore = this.#bytes;
    this.#viewBefore = this.#view;
    this.#bytes = bytes;
    this.#view = view;
    return view;
  }

  /** Makes room for the words of another form. Where there is no more, all begins anew: what is forgotten is found out again. */
  #makeRoom(): void {
    const { length } = this.#words;
    if (length < MOST_WORDS) {
      const words = new Int32Array(Math.max(FIRST_WORDS, length * 2));
      words.set(this.#words);
      this.#words = words;
      return;
    }
    this.#groups = new ShapeTable();
    this.#last = undefined;
    this.#wordsEnd = 0;
  }

  /** Remembers that the line which was looked for last, in vain, is wordless and tells nothing to anyone. */
  pass(): void {
    this.#passed.set(hashed[0] as number, hashed[1] as number, true);
  }

  /**
   * @param text - one line
   * @returns its form, known from now on; undefined where the line is too long or too short for that
   */
  ofText(text: string): LineForm | undefined {
    if (this.#scratch.length === 0) this.#scratch = new Uint8Array(MOST_BYTES * 3);
    const written = text.length > MOST_BYTES ? 0 : ENCODER.encodeInto(text, this.#scratch).written;
    this.text = this.#scratch.subarray(0, written > MOST_BYTES ? 0 : written);
    if (this.text.length < LEAST_BYTES) return undefined;
    if (this.#wordsEnd + wordsOf(written) > this.#words.length) this.#makeRoom();
    const found = this.find(this.#scratch, 0, written);
    if (found instanceof LineForm) return found;
    // The hash is of this line: it was looked for in vain.
    const [low = 0, high = 0] = hashed;
    const isNew = found === undefined || found === this.passedGroup;
    const group = isNew ? new FormGroup(isWordless(this.text, 0, written)) : found;
    if (isNew) this.#groups.set(low, high, group)?.forget();
    const form = new LineForm(group, written, this.#wordsEnd);
    writeForm(this.text, this.#words, this.#wordsEnd);
    this.#wordsEnd += wordsOf(written);
    group.add(form);
    return form;
  }
}

function formOf(forms: readonly LineForm[], words: Int32Array, view: DataView, start: number, end: number): LineForm | undefined {
  for (const form of forms) if (form.matches(words, view, start, end)) return form;
  return undefined;
}
