import { type LinePlan, NOTHING, placeInBytes, refresh } from "./line-plan.js";
import { LineShape } from "./line-shape.js";
import { mayTellWithoutDigits } from "./may-tell.js";
import { ShapeTable } from "./shape-table.js";

/** Bytes of a line that is remembered. */
const MOST_BYTES = 4096;
/** Plans of one form: of the ranks that print it, say. */
const MOST_VARIANTS = 16;
const ZERO = 0x30;
/** Stands for all places that a line may have. */
const ANYWHERE = -1;

/** What is known of a line: what it tells, or that it has neither numbers nor the look of a heading or a table. */
export type Known = LinePlan | "wordless" | undefined;

/** Which lines of its form a plan is true of: all of them, those behind the same lines as this one, none but this. */
export type Holds = "always" | "here" | "once";

/** Says where a line stands. */
export interface Surrounded {
  /**
   * @param line - number of the physical line
   * @returns the same number for all lines whose reading would find the same before them; not negative
   */
  placeOf(line: number): number;
}

interface Variant {
  plan: LinePlan;
  /** As of {@link Surrounded.placeOf}. */
  place: number;
  /** Byte offsets and values of digits that have to be the same. */
  digits: readonly (readonly [at: number, byte: number])[];
  /** Byte offsets of digits that must not be 0. */
  leads: readonly number[];
}

/** What a plan hangs on beside the form of its line. */
export interface Hold {
  holds: Holds;
  /** Indexes of the digits that have to be the same. */
  digits: readonly number[];
  /** Indexes of the digits that must not be 0: they begin numbers with separators of thousands. */
  leads: readonly number[];
}

const ENCODER = new TextEncoder();

/**
 * Remembers by the forms of lines what they told: programs print the same lines with other digits again and again. A line of a known form is read by its bytes, or passed over,
 * for a fraction of what finding out costs; with the same result, since what hangs on digits or on the lines before is remembered for these alone.
 */
export class FormMemory {
  readonly #shape = new LineShape();
  readonly #nothing = new ShapeTable<true>();
  readonly #plans = new ShapeTable<Variant[]>();
  readonly #scratch = Buffer.allocUnsafe(MOST_BYTES * 3);
  /** Bytes of the line that was asked for last; 0 where it is not to be remembered. */
  #length = 0;

  /**
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte
   * @param line - number of the physical line
   * @param surrounded - where the line stands
   * @returns what lines of its form tell, with the numbers of this one; undefined where that is not known
   */
  ofBytes(bytes: Uint8Array, start: number, end: number, line: number, surrounded: Surrounded): Known {
    if (end - start > MOST_BYTES) return undefined;
    const shape = this.#shape;
    shape.scan(bytes, start, end);
    if (!shape.hasDigit && !shape.hasColumns && !mayTellWithoutDigits(bytes, start, end)) return "wordless";
    return this.#known(bytes, start, end, line, surrounded);
  }

  /** @param text - one line @param line - its number @param surrounded - where it stands @returns as of {@link ofBytes} */
  ofText(text: string, line: number, surrounded: Surrounded): LinePlan | undefined {
    this.#length = 0;
    if (text.length > MOST_BYTES) return undefined;
    this.#length = ENCODER.encodeInto(text, this.#scratch).written;
    this.#shape.scan(this.#scratch, 0, this.#length);
    return this.#known(this.#scratch, 0, this.#length, line, surrounded);
  }

  /** Remembers that no line of the form of the last text tells anything, whatever its digits are. */
  learnNothing(): void {
    const { anyLow, anyHigh } = this.#shape;
    if (this.#length > 0) this.#nothing.set(anyLow, anyHigh, true);
  }

  /**
   * Remembers what the last text told.
   *
   * @param plan - of that text; taken over
   * @param text - the text
   * @param hold - what it hangs on
   * @param line - number of the line
   * @param surrounded - where the line stands; before the plan is told
   */
  learn(plan: LinePlan, text: string, { holds, digits, leads }: Hold, line: number, surrounded: Surrounded): void {
    if (this.#length === 0 || holds === "once" || !placeInBytes(plan, text, this.#scratch, this.#length)) return;
    const offset = (at: number): number => (this.#length === text.length ? at : Buffer.byteLength(text.slice(0, at)));
    const variant: Variant = {
      plan,
      place: holds === "always" ? ANYWHERE : surrounded.placeOf(line),
      digits: digits.map((at) => [offset(at), text.charCodeAt(at)] as const),
      leads: leads.map(offset),
    };
    const { exactLow, exactHigh } = this.#shape;
    const known = this.#plans.get(exactLow, exactHigh) ?? [];
    known.unshift(variant);
    known.length = Math.min(known.length, MOST_VARIANTS);
    this.#plans.set(exactLow, exactHigh, known);
  }

  #known(bytes: Uint8Array, start: number, end: number, line: number, surrounded: Surrounded): LinePlan | undefined {
    const { anyLow, anyHigh, exactLow, exactHigh } = this.#shape;
    if (this.#nothing.get(anyLow, anyHigh) === true) return NOTHING;
    const variants = this.#plans.get(exactLow, exactHigh);
    if (variants === undefined) return undefined;
    for (const { plan, place, digits, leads } of variants) {
      if (place !== ANYWHERE && place !== surrounded.placeOf(line)) continue;
      if (!digits.every(([at, byte]) => bytes[start + at] === byte)) continue;
      if (leads.some((at) => bytes[start + at] === ZERO)) continue;
      return refresh(plan, bytes, start, end) ? plan : undefined;
    }
    return undefined;
  }
}
