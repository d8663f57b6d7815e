import { type LinePlan, placeInBytes, refresh } from "./line-plan.js";
import { LineShape } from "./line-shape.js";
import { mayTellWithoutDigits } from "./may-tell.js";
import { ShapeTable } from "./shape-table.js";

/** Bytes of a line that is remembered. */
const MOST_BYTES = 1024;

/** What is known of a line: what it tells, that lines of its form tell nothing, or that it has neither numbers nor the look of a heading or a table. */
export type Known = LinePlan | "nothing" | "wordless" | undefined;

const ENCODER = new TextEncoder();

/**
 * Remembers by the forms of lines what they told: programs print the same lines with other digits again and again. A line of a known form is read by its bytes, or passed over,
 * for a fraction of what finding out costs; with the same result, since nothing is remembered that hangs on digits or on the lines before.
 */
export class FormMemory {
  readonly #shape = new LineShape();
  readonly #nothing = new ShapeTable<true>();
  readonly #plans = new ShapeTable<LinePlan>();
  readonly #scratch = Buffer.allocUnsafe(MOST_BYTES * 3);
  /** Bytes of the line that was asked for last; 0 where it is not to be remembered. */
  #length = 0;

  /**
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte
   * @returns what lines of its form tell, with the numbers of this one; undefined where that is not known
   */
  ofBytes(bytes: Uint8Array, start: number, end: number): Known {
    if (end - start > MOST_BYTES) return undefined;
    const shape = this.#shape;
    shape.scan(bytes, start, end);
    if (!shape.hasDigit && !shape.hasColumns && !mayTellWithoutDigits(bytes, start, end)) return "wordless";
    return this.#known(bytes, start, end);
  }

  /** @param text - one line @returns as of {@link ofBytes} */
  ofText(text: string): Known {
    this.#length = 0;
    if (text.length > MOST_BYTES) return undefined;
    this.#length = ENCODER.encodeInto(text, this.#scratch).written;
    this.#shape.scan(this.#scratch, 0, this.#length);
    return this.#known(this.#scratch, 0, this.#length);
  }

  /**
   * Remembers that lines of the form of the last text tell nothing.
   *
   * @param isCertain - false where the line may yet be a row of a table that begins
   */
  learnNothing(isCertain: boolean): void {
    const { anyLow, anyHigh } = this.#shape;
    if (this.#length > 0 && isCertain) this.#nothing.set(anyLow, anyHigh, true);
  }

  /** Remembers what the last text told. @param plan - of that text; taken over @param text - the text */
  learn(plan: LinePlan, text: string): void {
    const { exactLow, exactHigh } = this.#shape;
    if (this.#length > 0 && !/\d,\d/.test(text) && placeInBytes(plan, text, this.#scratch, this.#length))
      this.#plans.set(exactLow, exactHigh, plan);
  }

  #known(bytes: Uint8Array, start: number, end: number): Known {
    const { anyLow, anyHigh, exactLow, exactHigh } = this.#shape;
    if (this.#nothing.get(anyLow, anyHigh) === true) return "nothing";
    const plan = this.#plans.get(exactLow, exactHigh);
    return plan !== undefined && refresh(plan, bytes, start, end) ? plan : undefined;
  }
}
