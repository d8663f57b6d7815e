import type { Framework } from "./framework.js";
import { FormFinder, LEAST_BYTES } from "./generic/form-finder.js";
import { FormParser } from "./generic/form-parser.js";
import { isWordless } from "./generic/may-tell.js";
import { GenericParser } from "./generic/parser.js";
import type { Cursor, ParsedItem, Parser, ParserOptions, ValueSink } from "./parser.js";

/** Lines in a row that the general forms read and the recognized trainer does not, until another program is at work. */
const FOREIGN_LINES = 20;

/** Lines before the recognizing one that its parser is shown: what the line refers to (`Iteration 0, loss = 2` before `Train net output #0`). */
const RECENT_LINES = 8;

/** Name of the general forms. */
const GENERAL = "generic";

/** A trainer and its parser. What parsers may have is looked for once, since each line asks for it. */
class Candidate {
  readonly framework: Framework;
  readonly parser: Parser;
  readonly forms: FormParser<unknown> | undefined;
  readonly isOwn: Parser["isOwn"];
  readonly feedAhead: Parser["feedAhead"];
  readonly feedBytes: Parser["feedBytes"];
  readonly feedFrame: Parser["feedFrame"];
  readonly #mayTell: Framework["mayTell"];

  constructor(framework: Framework, parser: Parser) {
    this.framework = framework;
    this.parser = parser;
    this.forms = parser instanceof FormParser ? parser : undefined;
    this.isOwn = parser.isOwn?.bind(parser);
    this.feedAhead = parser.feedAhead?.bind(parser);
    this.feedBytes = parser.feedBytes?.bind(parser);
    this.feedFrame = parser.feedFrame?.bind(parser);
    this.#mayTell = framework.mayTell?.bind(framework);
  }

  /** Whether it is telling a block that the line may belong to. */
  get isInBlock(): boolean {
    return this.forms === undefined ? this.parser.isInBlock === true : this.forms.isInBlock;
  }

  /** Whether the line that was read last told something, or may have. */
  get hasTold(): boolean {
    return this.isInBlock || this.forms?.hasTold === true;
  }

  /** As of {@link Framework.mayTell}: it remembers places in the array that it was asked about last, and the one of a frame is used again. */
  mayTell(bytes: Uint8Array, start: number, end: number, isFrame: boolean): boolean | undefined {
    return isFrame ? this.#mayTell?.(bytes.subarray(start, end), 0, end - start) : this.#mayTell?.(bytes, start, end);
  }
}

/**
 * Finds out whose output it reads, line by line: a trainer whose own lines have come reads first, and the general forms of console output read what it leaves.
 * Lines of another trainer, or many that only the general forms can read, end its turn: a run may train with one program and evaluate with another.
 */
export class AutoParser implements Parser {
  readonly #candidates: readonly Candidate[];
  readonly #generic: GenericParser;
  /** Groups of forms keep whose lines they are, null where that is not certain: this does not hang on digits. */
  readonly #forms = new FormFinder();
  #active: Candidate | undefined;
  #foreignLines = 0;
  #recent: [text: string, line: number][] = [];

  /**
   * @param frameworks - the trainers to choose from
   * @param options - passed to their parsers
   */
  constructor(frameworks: readonly Framework[], options: ParserOptions) {
    this.#candidates = frameworks.map((framework) => new Candidate(framework, framework.create(options, this.#forms)));
    this.#generic = new GenericParser(options, this.#forms);
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
    this.#active?.feedAhead?.(bytes, cursor, end, into);
    if (cursor.at > start) this.#foreignLines = 0;
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.#ownBytes(bytes, start, end, line, into, false);
  }

  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.#ownBytes(bytes, start, end, line, into, true);
  }

  #ownBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink, isFrame: boolean): boolean {
    const active = this.#active;
    if (active?.isOwn?.(bytes, start, end) !== true) return this.#look(bytes, start, end, line, into, isFrame);
    const isRead = isFrame ? active.feedFrame?.(bytes, start, end, line, into) : active.feedBytes?.(bytes, start, end, line, into);
    if (isRead === true) this.#foreignLines = 0;
    return isRead === true;
  }

  /** @returns false where `feed` has to read the line */
  #look(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink, isFrame: boolean): boolean {
    if (this.#generic.isOfTraceback(bytes, start)) return true;
    const form = this.#forms.find(bytes, start, end);
    const group = form?.group;
    const active = this.#active;
    const owner = group?.owner as Candidate | null | undefined;
    if (owner === undefined) {
      const isPassed = group === this.#forms.passedGroup;
      if (active?.isInBlock === true || !(group?.isWordless ?? isWordless(bytes, start, end))) return false;
      if (!isPassed && this.#mayTell(bytes, start, end, isFrame)) return false;
      if (group === undefined && end - start >= LEAST_BYTES) this.#forms.pass();
    } else if (owner !== null && owner !== active) {
      // Shown the lines before it, as texts.
      if (this.#isRecent(line)) return false;
      this.#active = owner;
      this.#foreignLines = 0;
      if (owner.forms !== undefined) return owner.forms.look(form, bytes, start, end, line, into);
      return this.#ownBytes(bytes, start, end, line, into, isFrame);
    } else if (active !== undefined) {
      const isRead =
        active.forms === undefined
          ? !active.isInBlock && active.mayTell(bytes, start, end, isFrame) === false
          : active.forms.look(form, bytes, start, end, line, into);
      if (!isRead) return false;
      const isOwn = owner === active || active.hasTold;
      if (isOwn) this.#foreignLines = 0;
      if (isOwn) return true;
    }
    if (!this.#generic.look(form, bytes, start, end, line, into)) return false;
    this.#countForeign(this.#generic.hasTold);
    return true;
  }

  #mayTell(bytes: Uint8Array, start: number, end: number, isFrame: boolean): boolean {
    for (const candidate of this.#candidates) if (candidate.mayTell(bytes, start, end, isFrame) === true) return true;
    return false;
  }

  /** Whether lines that no trainer's parser knew came just before. */
  #isRecent(line: number): boolean {
    return (this.#recent.at(-1)?.[1] ?? -RECENT_LINES) > line - RECENT_LINES;
  }

  #countForeign(hasTold: boolean): void {
    if (!hasTold || this.#active === undefined) return;
    this.#foreignLines += 1;
    if (this.#foreignLines >= FOREIGN_LINES) this.#active = undefined;
  }

  feed(text: string, line: number): ParsedItem[] {
    const active = this.#active;
    this.reader = active?.framework.name ?? GENERAL;
    const owner = this.#ownerOf(text);
    if (owner !== undefined) {
      if (owner !== active && this.#isRecent(line)) for (const [before, at] of this.#recent) owner.parser.feed(before, at);
      this.#recent = [];
      this.#active = owner;
      this.reader = owner.framework.name;
      this.#foreignLines = 0;
      return owner.parser.feed(text, line);
    }
    const own = active?.parser.feed(text, line) ?? [];
    if (own.length > 0 || active?.isInBlock === true) {
      this.#foreignLines = 0;
      return own;
    }
    this.reader = GENERAL;
    const items = this.#generic.feed(text, line);
    this.#recent.push([text, line]);
    if (this.#recent.length > RECENT_LINES) this.#recent.shift();
    this.#countForeign(this.#generic.hasTold);
    return items;
  }

  #ownerOf(text: string): Candidate | undefined {
    if (text.length < LEAST_BYTES) return undefined;
    const group = this.#forms.ofText(text)?.group;
    if (group?.owner !== undefined) return (group.owner as Candidate | null) ?? undefined;
    const owner = this.#candidates.find(({ framework }) => framework.recognizes(text));
    if (group !== undefined) group.owner = owner ?? null;
    return owner;
  }
}
