import type { ParsedItem, Parser, ParserOptions, ValueSink } from "../parser.js";
import type { FormFinder, FoundForm } from "./form-finder.js";
import type { FormMemory } from "./form-memory.js";
import { FormParser } from "./form-parser.js";
import { GenericLines } from "./generic-lines.js";
import type { LinePlan } from "./line-plan.js";
import { isFileLine } from "./may-tell.js";

/** Reads what any trainer prints, by the general forms of console output. */
export class GenericParser implements Parser {
  readonly #forms: FormParser<LinePlan>;
  /** The line before named a place in a traceback: this one is source code. */
  #isAfterFileLine = false;

  /** @param options - facts for the parser @param forms - of lines @param memory - of what they told */
  constructor(options: ParserOptions, forms?: FormFinder, memory?: FormMemory<LinePlan>) {
    this.#forms = new FormParser(new GenericLines(options), forms, memory);
  }

  get framework(): string | undefined {
    return this.#forms.framework;
  }

  /** Whether the line that was read last has values. */
  get hasTold(): boolean {
    return this.#forms.hasTold;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    if (this.isOfTraceback(bytes, start)) return true;
    return this.#forms.feedBytes(bytes, start, end, line, into);
  }

  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.feedBytes(bytes, start, end, line, into);
  }

  /**
   * Reads a line whose form is known from its bytes, as `feedBytes`; one of a traceback is not to be asked for.
   *
   * @param form - what is found of the line; the other parameters as of `feedBytes`
   * @returns false where `feed` has to read it
   */
  look(form: FoundForm, bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.#forms.look(form, bytes, start, end, line, into);
  }

  /**
   * Asked once for each line that is read from bytes.
   *
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @returns whether the line names a place in a traceback or is source code behind it
   */
  isOfTraceback(bytes: Uint8Array, start: number): boolean {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = isFileLine(bytes, start);
    return wasFileLine || this.#isAfterFileLine;
  }

  feed(text: string, line: number): ParsedItem[] {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = text.startsWith('  File "');
    if (wasFileLine || this.#isAfterFileLine) return [];
    return this.#forms.feed(text, line);
  }

  end(): ParsedItem[] {
    return this.#forms.end();
  }
}
