import type { Framework } from "./framework.js";
import type { ParsedItem, Parser, ParserOptions, ValueSink } from "./parser.js";

/** Items kept of each trainer until one is recognized. One that prints more before any line of its own is none that we know. */
const HELD_ITEMS = 1000;

interface Candidate {
  framework: Framework;
  parser: Parser;
  held: ParsedItem[];
}

/**
 * Finds out whose output it reads. Until a line tells for sure, what every parser reads is held back, so nothing from before the
 * decision is lost and nothing of an unknown program is told; the decision is for good.
 */
export class AutoParser implements Parser {
  #candidates: Candidate[];
  #chosen: Parser | undefined;

  /**
   * @param frameworks - the trainers to choose from
   * @param options - passed to their parsers
   */
  constructor(frameworks: readonly Framework[], options: ParserOptions) {
    this.#candidates = frameworks.map((framework) => ({ framework, parser: framework.create(options), held: [] }));
  }

  get framework(): string | undefined {
    return this.#chosen?.framework;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    if (this.#chosen !== undefined) return this.#chosen.feedBytes?.(bytes, start, end, line, into) ?? false;
    return !this.#candidates.some(({ framework }) => framework.mayTell(bytes, start, end));
  }

  feed(text: string, line: number): ParsedItem[] {
    if (this.#chosen !== undefined) return this.#chosen.feed(text, line);
    for (const candidate of this.#candidates) {
      candidate.held.push(...candidate.parser.feed(text, line));
      if (candidate.framework.recognizes(text)) {
        this.#chosen = candidate.parser;
        this.#candidates = [];
        return candidate.held;
      }
      if (candidate.held.length > HELD_ITEMS) candidate.held.splice(0, candidate.held.length - HELD_ITEMS);
    }
    return [];
  }
}
