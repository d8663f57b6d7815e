import type { FormFinder } from "./form-finder.js";
import type { FormGroup, LineForm } from "./line-form.js";
import { type Located, type Places, placesOf, readAgain } from "./located.js";

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

/** What lines of one form tell that have some digits in common. A class, as all that is looked at for each line: see {@link PlanNumber}. */
class Variant<P> {
  readonly plan: P | undefined;
  readonly places: Places;
  /** As of `placeOf` of the lines. */
  readonly place: number;
  /** Whether it hangs on digits: most do not. */
  readonly isPinned: boolean;
  /** Byte offsets of digits that have to be the same, and these digits. */
  readonly pinnedAt: Int32Array;
  readonly pinned: Int32Array;
  /** Byte offsets of digits that must not be 0. */
  readonly leads: Int32Array;

  constructor({ plan, digits, leads }: Planned<P>, places: Places, place: number, text: string, isAscii: boolean) {
    const offset = (at: number): number => (isAscii ? at : Buffer.byteLength(text.slice(0, at)));
    this.plan = plan;
    this.places = places;
    this.place = place;
    this.isPinned = digits.length > 0 || leads.length > 0;
    this.pinnedAt = Int32Array.from(digits, offset);
    this.pinned = Int32Array.from(digits, (at) => text.charCodeAt(at));
    this.leads = Int32Array.from(leads, offset);
  }

  /** Whether a line has the digits that it has to have. */
  hasDigits(bytes: Uint8Array, start: number): boolean {
    const { pinnedAt, pinned, leads } = this;
    for (let index = 0; index < pinnedAt.length; index += 1) if (bytes[start + (pinnedAt[index] as number)] !== pinned[index]) return false;
    for (let index = 0; index < leads.length; index += 1) if (bytes[start + (leads[index] as number)] === ZERO) return false;
    return true;
  }
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
    for (let index = 0; index < variants.length; index += 1) {
      const variant = variants[index] as Variant<P>;
      if (variant.place !== ANYWHERE && variant.place !== surrounded.placeOf(line)) continue;
      if (variant.isPinned && !variant.hasDigits(bytes, start)) continue;
      return readAgain(variant.places, bytes, start, end) ? (variant.plan ?? null) : undefined;
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
    const { plan, numbers, holds, digits } = planned;
    if (holds === "once") return;
    const place = holds === "always" ? ANYWHERE : surrounded.placeOf(line);
    if (plan === undefined && digits.length === 0) {
      const silent = form.group.nothing[this.#index];
      if (place === ANYWHERE) form.group.nothing[this.#index] = true;
      else if (silent !== true) form.group.nothing[this.#index] = [place, ...(silent ?? [])].slice(0, MOST_VARIANTS);
      return;
    }
    const places = placesOf(numbers, text, bytes);
    if (places === undefined) return;
    const variant = new Variant(planned, places, place, text, bytes.length === text.length);
    const known = (form.known[this.#index] as Variant<P>[] | undefined) ?? [];
    form.known[this.#index] = [variant, ...known].slice(0, MOST_VARIANTS);
  }
}
