import type { Framework } from "./framework.js";
import { GenericParser } from "./generic/parser.js";
import type { Cursor, ParsedItem, Parser, ParserOptions, ValueSink } from "./parser.js";

/** Lines in a row that the general forms read and the recognized trainer does not, until another program is at work. */
const FOREIGN_LINES = 20;

/** Lines before the recognizing one that its parser is shown: what the line refers to (`Iteration 0, loss = 2` before `Train net output #0`). */
const RECENT_LINES = 8;

/** Name of the general forms. */
const GENERAL = "generic";

interface Candidate {
  framework: Framework;
  parser: Parser;
}

/**
 * Finds out whose output it reads, line by line: a trainer whose own lines have come reads first, and the general forms of console output read what it leaves.
 * Lines of another trainer, or many that only the general forms can read, end its turn: a run may train with one program and evaluate with another.
 */
export class AutoParser implements Parser {
  readonly #candidates: readonly Candidate[];
  readonly #generic: GenericParser;
  #active: Candidate | undefined;
  #foreignLines = 0;
  /** The general forms need not see the line that is fed next. */
  #isRefused = false;
  #recent: [text: string, line: number][] = [];

  /**
   * @param frameworks - the trainers to choose from
   * @param options - passed to their parsers
   */
  constructor(frameworks: readonly Framework[], options: ParserOptions) {
    this.#candidates = frameworks.map((framework) => ({ framework, parser: framework.create(options) }));
    this.#generic = new GenericParser(options);
  }

  /** As of {@link Parser.reader}. */
  reader: string = GENERAL;

  get framework(): string | undefined {
    return this.#active?.framework.name ?? this.#generic.framework;
  }

  end(): ParsedItem[] {
    return [...(this.#active?.parser.end?.() ?? []), ...this.#generic.end()];
  }

  feedAhead(bytes: Uint8Array, cursor: Cursor, end: number, into: ValueSink): void {
    const start = cursor.at;
    this.#active?.parser.feedAhead?.(bytes, cursor, end, into);
    if (cursor.at > start) this.#foreignLines = 0;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const active = this.#active;
    if (active?.parser.isOwn?.(bytes, start, end) === true) {
      const isRead = active.parser.feedBytes?.(bytes, start, end, line, into) ?? false;
      if (isRead) this.#foreignLines = 0;
      return isRead;
    }
    if (active !== undefined) {
      // What a trainer's parser makes of a line hangs on the lines before.
      if (active.parser.isInBlock === true || !this.#generic.skips(bytes, start, end, line, into)) return false;
      this.#isRefused = active.framework.mayTell?.(bytes, start, end) === true;
      return !this.#isRefused;
    }
    const look = this.#generic.look(bytes, start, end, line, into);
    if (look !== "skipped") return look === "read";
    this.#isRefused = this.#candidates.some(({ framework }) => framework.mayTell?.(bytes, start, end) === true);
    return !this.#isRefused;
  }

  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const active = this.#active;
    if (active === undefined) return this.#generic.feedFrame(bytes, start, end, line, into);
    return active.parser.isOwn?.(bytes, start, end) === true && active.parser.feedFrame?.(bytes, start, end, line, into) === true;
  }

  feed(text: string, line: number): ParsedItem[] {
    const isRefused = this.#isRefused;
    this.#isRefused = false;
    this.reader = this.#active?.framework.name ?? GENERAL;
    if (this.#active === undefined && !isRefused) {
      const items = this.#generic.feedKnown(text, line);
      if (items !== undefined) return items;
    }
    const recognized = this.#candidates.find(({ framework }) => framework.recognizes(text));
    if (recognized !== undefined) {
      if (recognized !== this.#active) for (const [before, at] of this.#recent) recognized.parser.feed(before, at);
      this.#recent = [];
      this.#active = recognized;
      this.reader = recognized.framework.name;
      this.#foreignLines = 0;
      return recognized.parser.feed(text, line);
    }
    const own = this.#active?.parser.feed(text, line) ?? [];
    if (own.length > 0 || this.#active?.parser.isInBlock === true) {
      this.#foreignLines = 0;
      return own;
    }
    this.reader = GENERAL;
    const items = isRefused ? [] : this.#generic.feed(text, line);
    this.#recent.push([text, line]);
    if (this.#recent.length > RECENT_LINES) this.#recent.shift();
    if (items.length > 0 && this.#active !== undefined) {
      this.#foreignLines += 1;
      if (this.#foreignLines >= FOREIGN_LINES) this.#active = undefined;
    }
    return items;
  }
}
