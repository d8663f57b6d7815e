import type { FormFinder } from "./form-finder.js";
import type { FormGroup, LineForm } from "./line-form.js";
import { type Located, placeInBytes, readAgain } from "./located.js";

/** Plans of one form: of the ranks that print it, say. */
const MOST_VARIANTS = 16;
const ZERO = 0x30;
/** Stands for all places that a line may have. */
const ANYWHERE = -1;

/** Which lines of its form a plan is true of: all of them, those behind the same lines as this one, none but this. */
export type Holds = "always" | "here" | "once";

/** What a plan hangs on beside the form of its line. */
export interface Hold {
  holds: Holds;
  /** Indexes of the digits that have to be the same. */
  digits: readonly number[];
  /** Indexes of the digits that must not be 0: they begin numbers with separators of thousands. */
  leads: readonly number[];
}

/** What a line tells, and how far that is true of lines of its form. */
export interface Planned<P> extends Hold {
  /** Undefined where the line tells nothing. */
  plan: P | undefined;
  /** The numbers within the plan: another line of the form has its own. */
  numbers: readonly Located[];
}

interface Variant<P> {
  plan: P | undefined;
  numbers: readonly Located[];
  /** As of `placeOf` of the lines. */
  place: number;
  /** Byte offsets and values of digits that have to be the same. */
  digits: readonly (readonly [at: number, byte: number])[];
  /** Byte offsets of digits that must not be 0. */
  leads: readonly number[];
}

/** Says where a line stands. */
export interface Surrounded {
  /**
   * @param line - number of the physical line
   * @returns the same number for all lines whose reading would find the same before them; not negative
   */
  placeOf(line: number): number;
}

/**
 * Remembers by the forms of lines what they told: programs print the same lines with other digits again and again. A line of a known form is read by its bytes, or passed over,
 * for a fraction of what finding out costs; with the same result, since what hangs on digits or on the lines before is remembered for these alone.
 */
export class FormMemory<P> {
  /** Its number among those that keep something at the forms. */
  readonly #index: number;

  /** @param forms - of the lines that it remembers */
  constructor(forms: FormFinder) {
    this.#index = forms.enter();
  }

  /**
   * @param form - of a line, or its group
   * @param bytes - where the line stands
   * @param start - index of its first byte
   * @param end - index after its last byte
   * @param line - number of the physical line
   * @param surrounded - where the line stands
   * @returns what lines of its form tell, with the numbers of this one (null: nothing); undefined where that is not known
   */
  find(
    form: LineForm | FormGroup,
    bytes: Uint8Array,
    start: number,
    end: number,
    line: number,
    surrounded: Surrounded,
  ): P | null | undefined {
    const nothing = form.group.nothing[this.#index];
    if (nothing === true || nothing?.includes(surrounded.placeOf(line)) === true) return null;
    const variants = form.known[this.#index] as Variant<P>[] | undefined;
    if (variants === undefined) return undefined;
    for (const { plan, numbers, place, digits, leads } of variants) {
      if (place !== ANYWHERE && place !== surrounded.placeOf(line)) continue;
      if ((digits.length > 0 || leads.length > 0) && !hasDigits(digits, leads, bytes, start)) continue;
      return readAgain(numbers, bytes, start, end) ? (plan ?? null) : undefined;
    }
    return undefined;
  }

  /**
   * Remembers what a line told.
   *
   * @param planned - taken over
   * @param text - the line
   * @param bytes - the same as UTF-8
   * @param form - of it
   * @param line - its number
   * @param surrounded - where the line stands; before the plan is told
   */
  learn(planned: Planned<P>, text: string, bytes: Uint8Array, form: LineForm, line: number, surrounded: Surrounded): void {
    const { plan, numbers, holds, digits, leads } = planned;
    if (holds === "once") return;
    const place = holds === "always" ? ANYWHERE : surrounded.placeOf(line);
    if (plan === undefined && digits.length === 0) {
      const places = form.group.nothing[this.#index];
      if (place === ANYWHERE) form.group.nothing[this.#index] = true;
      else if (places !== true) form.group.nothing[this.#index] = [place, ...(places ?? [])].slice(0, MOST_VARIANTS);
      return;
    }
    if (!placeInBytes(numbers, text, bytes)) return;
    const isAscii = bytes.length === text.length;
    const offset = (at: number): number => (isAscii ? at : Buffer.byteLength(text.slice(0, at)));
    const variant: Variant<P> = {
      plan,
      numbers,
      place,
      digits: digits.map((at) => [offset(at), text.charCodeAt(at)] as const),
      leads: leads.map(offset),
    };
    const known = (form.known[this.#index] as Variant<P>[] | undefined) ?? [];
    form.known[this.#index] = [variant, ...known].slice(0, MOST_VARIANTS);
  }
}

function hasDigits(digits: Variant<unknown>["digits"], leads: readonly number[], bytes: Uint8Array, start: number): boolean {
  return digits.every(([at, byte]) => bytes[start + at] === byte) && leads.every((at) => bytes[start + at] !== ZERO);
}
