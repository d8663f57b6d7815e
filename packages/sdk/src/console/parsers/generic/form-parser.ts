import type { ParsedItem, Parser, RunEvent, ValueSink } from "../parser.js";
import { Collector } from "./collector.js";
import { FormFinder, type FoundForm } from "./form-finder.js";
import { FormMemory, type Planned, type Surrounded } from "./form-memory.js";
import { isWordless } from "./may-tell.js";

/** Characters of a line that are read: longer ones are dumps. */
const MOST_CHARS = 8192;

/**
 * Lines of a trainer, for {@link FormParser}: `plan` finds out what one tells and changes nothing, `tell` takes what was found out, the first time or for another line of the form. What `plan` looks at of
 * the lines before has to be in `placeOf`, or what it finds holds for the line alone.
 */
export interface Lines<P> extends Surrounded {
  /** Name of the trainer, once that is known. */
  readonly framework: string | undefined;
  /** The line that was told last is part of a block: what comes next is for these lines alone. */
  readonly isInBlock?: boolean;
  /** Lines without numbers and without the look of a heading or a table tell nothing. */
  readonly skipsWordless?: boolean;
  /**
   * @param text - one line
   * @param line - number of the physical line
   * @returns what it tells
   */
  plan(text: string, line: number): Planned<P>;
  /**
   * @param plan - what a line tells, undefined for nothing; not kept
   * @param line - number of the physical line
   * @param into - values are added here
   * @returns whether it has any, or is part of a block that is told later
   */
  tell(plan: P | undefined, line: number, into: ValueSink): boolean;
  /** @param text - one line @returns the event that it tells, if it does: then it tells nothing else */
  eventOf?(text: string): Omit<RunEvent, "line"> | undefined;
  /** Tells what was held back. @param into - values are added here */
  end?(into: ValueSink): unknown;
}

/** Reads lines by their forms: what a line told is remembered for all lines that differ in their numbers alone. */
export class FormParser<P> implements Parser {
  readonly #lines: Lines<P>;
  readonly #memory: FormMemory<P>;
  readonly #forms: FormFinder;
  readonly #collector = new Collector();
  // Found once: V8 looks up at each line what one place of the code finds in objects of many classes, or does not find.
  readonly #skipsWordless: boolean;
  readonly #hasBlocks: boolean;
  readonly #tell: (plan: P | undefined, line: number, into: ValueSink) => boolean;
  /** Whether the line that was read last has values. */
  hasTold = false;

  /** @param lines - of the trainer @param forms - of lines @param memory - of what they told */
  constructor(lines: Lines<P>, forms: FormFinder = new FormFinder(), memory: FormMemory<P> = new FormMemory(forms)) {
    this.#forms = forms;
    this.#lines = lines;
    this.#memory = memory;
    this.#skipsWordless = lines.skipsWordless === true;
    this.#hasBlocks = "isInBlock" in lines;
    this.#tell = lines.tell.bind(lines);
  }

  get framework(): string | undefined {
    return this.#lines.framework;
  }

  get isInBlock(): boolean {
    return this.#hasBlocks && this.#lines.isInBlock === true;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.look(this.#forms.find(bytes, start, end), bytes, start, end, line, into);
  }

  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.feedBytes(bytes, start, end, line, into);
  }

  /**
   * Reads a line whose form is known from its bytes, as `feedBytes`.
   *
   * @param form - what is found of the line; the other parameters as of `feedBytes`
   * @returns false where `feed` has to read it
   */
  look(form: FoundForm, bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const known = this.#isSkipped(form, bytes, start, end) ? null : form && this.#memory.find(form, bytes, start, end, line, this.#lines);
    if (known === undefined) return false;
    this.hasTold = this.#tell(known ?? undefined, line, into);
    return true;
  }

  #isSkipped(form: FoundForm, bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#skipsWordless) return false;
    return form === undefined ? isWordless(bytes, start, end) : form.group.isWordless;
  }

  feed(text: string, line: number): ParsedItem[] {
    this.hasTold = false;
    if (text.length > MOST_CHARS) return [];
    const event = this.#lines.eventOf?.(text);
    if (event !== undefined) return [{ ...event, line }];
    const form = this.#forms.ofText(text);
    const { text: bytes } = this.#forms;
    const isTooLong = bytes.length < text.length;
    if (isTooLong || !this.look(form, bytes, 0, bytes.length, line, this.#collector)) {
      const planned = this.#lines.plan(text, line);
      if (form !== undefined) this.#memory.learn(planned, text, bytes, form, line, this.#lines);
      this.hasTold = this.#lines.tell(planned.plan, line, this.#collector);
    }
    return this.#collector.take();
  }

  end(): ParsedItem[] {
    this.#lines.end?.(this.#collector);
    return this.#collector.take();
  }
}
