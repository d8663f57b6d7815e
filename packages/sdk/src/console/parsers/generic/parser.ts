import type { ParsedItem, Parser, ParserOptions, ValueSink } from "../parser.js";
import { Collector } from "./collector.js";
import { FormMemory } from "./form-memory.js";
import { GenericLines } from "./generic-lines.js";
import { NOTHING } from "./line-plan.js";
import { isFileLine } from "./may-tell.js";

/** Characters of a line that are read: longer ones are dumps. */
const MOST_CHARS = 8192;

/** What a line was taken for by its bytes. */
export type Look = "read" | "skipped" | "unread";

/** Reads what any trainer prints, by the general forms of console output. */
export class GenericParser implements Parser {
  readonly #memory: FormMemory;
  readonly #lines: GenericLines;
  readonly #collector = new Collector();
  /** The line before named a place in a traceback: this one is source code. */
  #isAfterFileLine = false;

  /** @param options - facts for the parser @param memory - of forms of lines */
  constructor(options: ParserOptions, memory: FormMemory = new FormMemory()) {
    this.#lines = new GenericLines(options);
    this.#memory = memory;
  }

  get framework(): string | undefined {
    return this.#lines.isUnderWay ? "generic" : undefined;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.look(bytes, start, end, line, into) !== "unread";
  }

  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.#isOfTraceback(bytes, start) || this.#look(bytes, start, end, line, into) === "read";
  }

  /**
   * Reads a line from its bytes, as `feedBytes`, and says what it took it for. Parameters as of `feedBytes`.
   *
   * @returns `read` where lines of its form were read before, `skipped` where it has neither numbers nor the look of a heading or a table, `unread` where `feed` has to read it
   */
  look(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): Look {
    return this.#isOfTraceback(bytes, start) ? "skipped" : this.#look(bytes, start, end, line, into);
  }

  #look(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): Look {
    const known = this.#memory.ofBytes(bytes, start, end, line, this.#lines);
    if (known === undefined) return "unread";
    if (known === "wordless") {
      this.#lines.closeBox(into);
      return "skipped";
    }
    this.#lines.tell(known, line, into);
    return "read";
  }

  /**
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte
   * @param line - number of the physical line
   * @param into - what an open box held back is added here
   * @returns whether the line has neither numbers nor the look of a heading or a table, or is of a traceback
   */
  skips(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    if (this.#isOfTraceback(bytes, start)) return true;
    const isWordless = this.#memory.ofBytes(bytes, start, end, line, this.#lines) === "wordless";
    if (isWordless) this.#lines.closeBox(into);
    return isWordless;
  }

  #isOfTraceback(bytes: Uint8Array, start: number): boolean {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = isFileLine(bytes, start);
    return wasFileLine || this.#isAfterFileLine;
  }

  feed(text: string, line: number): ParsedItem[] {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = text.startsWith('  File "');
    if (wasFileLine || this.#isAfterFileLine || text.length > MOST_CHARS) return [];
    const known = this.feedKnown(text, line);
    if (known !== undefined) return known;
    const { plan, ...hold } = this.#lines.plan(text, line);
    if (plan === NOTHING && hold.holds === "always") this.#memory.learnNothing();
    else this.#memory.learn(plan, text, hold, line, this.#lines);
    return this.#told(plan, line);
  }

  /**
   * @param text - one line
   * @param line - number of the physical line, from 1
   * @returns what it tells, as of `feed`, where lines of its form were read before; else undefined
   */
  feedKnown(text: string, line: number): ParsedItem[] | undefined {
    const known = this.#memory.ofText(text, line, this.#lines);
    return known && this.#told(known, line);
  }

  end(): ParsedItem[] {
    this.#lines.closeBox(this.#collector);
    return this.#collector.take();
  }

  #told(plan: Parameters<GenericLines["tell"]>[0], line: number): ParsedItem[] {
    this.#lines.tell(plan, line, this.#collector);
    return this.#collector.take();
  }
}
