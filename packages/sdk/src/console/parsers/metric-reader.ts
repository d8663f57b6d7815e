import { ConsoleReader } from "../terminal/console-reader.js";
import { checked } from "./checked-items.js";
import { Columns } from "./columns.js";
import type { Cursor, ParsedItem, Parser } from "./parser.js";
import type { ParserProblem, Reading, TextListener, UnreadCounts } from "./reader-reports.js";
import type { NamedParser } from "./registry.js";
import { RuleFilter } from "./rule-filter.js";
import { createTimeGuard } from "./time-guard.js";

/** How long the lines of one chunk may keep untrusted parsers busy before a look at who is to blame: ten times what a bad case takes. */
const LIMIT_MS = 250;

interface Text {
  /** Undefined for a line that no regex of the user can match: it stands in `bytes`. */
  text: string | undefined;
  /** The line itself, where `text` lacks its last word. */
  shown?: string;
  line: number;
  bytes?: Uint8Array;
  start?: number;
  end?: number;
  isFrame?: boolean;
  /** What regexes of the user read of it. */
  found?: Map<NamedParser, ParsedItem[]>;
}

/**
 * Console bytes of one stream in, metrics and events out. Streams share nothing: stdout and stderr each get a reader with parsers of its
 * own, since a trainer prints its numbers and the lines they refer to on one of them. Never throws: a parser that fails is disabled and
 * reported once.
 */
export class MetricReader {
  readonly #console: ConsoleReader;
  readonly #all: readonly NamedParser[];
  readonly #onProblem: (problem: ParserProblem) => void;
  readonly #guard: ((work: () => void) => boolean) | undefined;
  #active: readonly NamedParser[];
  /** The one active parser beside the regexes of the user, where there is no other. */
  #only: Parser | undefined;
  /** Regexes of the user: the active parsers that are untrusted. */
  #rules: readonly NamedParser[];
  readonly #filter: RuleFilter;
  /** Lines that no regex of the user can match are not made texts for them. */
  #isFiltered = false;
  #texts: Text[] = [];
  readonly #columns = new Columns();
  /** The text and the regex whose turn it is: where to go on after an interruption. */
  #textAt = 0;
  #ruleAt = 0;
  /** The line that is read has no end: its last word may be half a number. */
  #isCut = false;
  readonly #hasTold = new Set<NamedParser>();
  readonly #onText: TextListener | undefined;

  /**
   * @param parsers - fresh ones, for this stream alone
   * @param onProblem - told once for every parser that is disabled; must not throw
   * @param onText - told of each line and what was read of it: reading takes longer then. Must not throw
   */
  constructor(parsers: readonly NamedParser[], onProblem: (problem: ParserProblem) => void, onText?: TextListener) {
    this.#all = parsers;
    this.#active = parsers;
    this.#rules = parsers.filter(({ untrusted }) => untrusted);
    this.#filter = new RuleFilter(this.#rules);
    this.#onText = onText;
    this.#only = this.#onlyParser();
    this.#onProblem = onProblem;
    this.#guard = this.#rules.length > 0 ? createTimeGuard(LIMIT_MS) : undefined;
    this.#console = new ConsoleReader(
      (text, line) => this.#take(this.#isCut ? { text: text.replace(/(?<!\S)\S+$/, ""), shown: text, line } : { text, line }),
      (bytes, start, end, line) => this.#isForText(bytes, start, end, line, false),
      (bytes, cursor, end) => this.#readAhead(bytes, cursor, end),
      (bytes, start, end, line) => this.#isForText(bytes, start, end, line, true),
    );
  }

  /** Name of the trainer whose output it is, once that is known. */
  get framework(): string | undefined {
    return this.#active.find(({ parser }) => parser.framework !== undefined)?.parser.framework;
  }

  /**
   * @param bytes - the next output of the stream, cut anywhere
   * @returns what it told, in the order of the lines
   */
  write(bytes: Uint8Array): ParsedItem[] {
    return this.writeColumns(bytes).items();
  }

  /**
   * The same without an object for each value.
   *
   * @param bytes - the next output of the stream, cut anywhere
   * @returns what it told; the reader's own, good until its next call
   */
  writeColumns(bytes: Uint8Array): Columns {
    this.#columns.clear();
    if (this.#active.length > 0) this.#console.write(bytes);
    return this.#parse();
  }

  /** @returns what stood after the last line end, but for its last word: the output may have been cut off anywhere, and that be half a number */
  end(): ParsedItem[] {
    return this.endColumns().items();
  }

  /** The same without an object for each value, as of {@link writeColumns}. */
  endColumns(): Columns {
    this.#columns.clear();
    this.#isCut = true;
    this.#console.end();
    this.#parse();
    for (const named of this.#active) {
      const items = this.#endOf(named);
      for (const item of items) this.#columns.addItem(item);
      const last = items.at(-1);
      if (last !== undefined) this.#onText?.(undefined, last.line, [{ parser: named.name, items, isLeftOut: false }]);
    }
    return this.#columns;
  }

  /** Names of the user's regexes that have told nothing so far; those that were disabled are not among them. */
  get silentRules(): string[] {
    return this.#rules.filter((one) => !this.#hasTold.has(one)).map(({ name }) => name);
  }

  /** What could not be read so far. */
  get unread(): UnreadCounts {
    return {
      truncatedLines: this.#console.truncatedFrames,
      skippedLines: this.#all.reduce((sum, { parser }) => sum + (parser.skippedLines ?? 0), 0),
      disabledParsers: this.#all.length - this.#active.length,
    };
  }

  /** For the guard, texts are gathered for one call a chunk; else they are read at once. */
  #take(text: Text): void {
    if (this.#guard === undefined) this.#tell(text);
    else this.#texts.push(text);
  }

  /** Lines wait for those before them that are matched under the guard. */
  #isForText(bytes: Uint8Array, start: number, end: number, line: number, isFrame: boolean): boolean {
    if (this.#guard === undefined) return this.#needsText(bytes, start, end, line, isFrame);
    if (this.#isCut || !this.#isFiltered || this.#filter.mayMatch(bytes, start, end, isFrame)) return true;
    if (this.#only === undefined) return false;
    // The bytes of a frame lie where the next one will.
    if (isFrame)
      this.#texts.push({ text: undefined, line, bytes: Buffer.from(bytes.subarray(start, end)), start: 0, end: end - start, isFrame });
    else this.#texts.push({ text: undefined, line, bytes, start, end, isFrame });
    return false;
  }

  /** One parser alone may read bytes; several read the same text one after the other. */
  #needsText(bytes: Uint8Array, start: number, end: number, line: number, isFrame: boolean): boolean {
    const parser = this.#isCut ? undefined : this.#only;
    try {
      const isRead = isFrame
        ? parser?.feedFrame?.(bytes, start, end, line, this.#columns)
        : parser?.feedBytes?.(bytes, start, end, line, this.#columns);
      return isRead !== true;
    } catch {
      // Read from its text it fails again and is told, or does not.
      return true;
    }
  }

  #readAhead(bytes: Uint8Array, cursor: Cursor, end: number): void {
    if (this.#guard !== undefined) return;
    try {
      this.#only?.feedAhead?.(bytes, cursor, end, this.#columns);
    } catch {
      // Such a line is read as any other, where it fails again and is told, or does not.
    }
  }

  #parse(): Columns {
    if (this.#guard !== undefined) this.#matchGuarded(this.#guard);
    for (const text of this.#texts) this.#tellInTurn(text);
    this.#texts.length = 0;
    this.#textAt = 0;
    return this.#columns;
  }

  /** A busy machine may use up the time without a fault of the regex: only one that is caught twice at one line is too slow. */
  #matchGuarded(guard: (work: () => void) => boolean): void {
    let caught = "";
    while (!guard(() => this.#match())) {
      const place = `${this.#textAt} ${this.#ruleAt}`;
      const rule = this.#rules[this.#ruleAt];
      const line = this.#texts[this.#textAt]?.line;
      if (place === caught && rule && line) this.#disable(rule, "too_slow", line, `took more than ${LIMIT_MS} ms for one line`);
      else caught = place;
    }
  }

  /** Under the guard, which may interrupt it at any place: what was done is done again then, and gives the same. Parsers with a state never run here. */
  #match(): void {
    for (; this.#textAt < this.#texts.length; this.#textAt += 1) {
      const text = this.#texts[this.#textAt] as Text;
      if (text.text === undefined) continue;
      while (this.#ruleAt < this.#rules.length) {
        const rule = this.#rules[this.#ruleAt] as NamedParser;
        const items = this.#feed(rule, text);
        if (items.length > 0) {
          text.found ??= new Map();
          text.found.set(rule, items);
        }
        if (rule === this.#rules[this.#ruleAt]) this.#ruleAt += 1;
      }
      this.#ruleAt = 0;
    }
  }

  #tellInTurn(text: Text): void {
    const { bytes, start = 0, end = 0, line, isFrame = false } = text;
    if (bytes === undefined) this.#tell(text);
    else if (this.#needsText(bytes, start, end, line, isFrame))
      this.#tell({ text: Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(), line });
  }

  /** Of several that tell metrics of a text, the first counts, and with a regex of the user those from the same place. */
  #tell(text: Text): void {
    let taker: NamedParser | undefined;
    const readings: Reading[] | undefined = this.#onText && [];
    for (const named of this.#active) {
      const items = named.untrusted ? text.found?.get(named) : this.#feed(named, text);
      if (items === undefined || items.length === 0) continue;
      const isLeftOut = taker !== undefined && !(named.untrusted && named.isOfTraining === taker.isOfTraining);
      const first = this.#columns.length;
      for (const item of items) if (!isLeftOut || "event" in item) this.#columns.addItem(item);
      if (named.untrusted) for (let row = first; row < this.#columns.length; row += 1) this.#columns.ruleRows.push(row);
      readings?.push({ parser: named.parser.reader ?? named.name, items, isLeftOut });
      if (named.untrusted) this.#hasTold.add(named);
      if (items.some((item) => "name" in item)) taker ??= named;
    }
    if (readings) this.#onText?.(text.shown ?? text.text, text.line, readings);
  }

  #feed(named: NamedParser, { text = "", line }: Text): ParsedItem[] {
    try {
      return checked(named.parser.feed(text, line));
    } catch (error) {
      return this.#fail(named, line, error);
    }
  }

  #endOf(named: NamedParser): ParsedItem[] {
    try {
      return checked(named.parser.end?.());
    } catch (error) {
      return this.#fail(named, this.#console.line, error);
    }
  }

  #fail(named: NamedParser, line: number, error: unknown): ParsedItem[] {
    this.#disable(named, "threw", line, error instanceof Error ? error.message : String(error));
    return [];
  }

  /** Who listens to texts needs each line as text, and so do several parsers. */
  #onlyParser(): Parser | undefined {
    const trusted = this.#active.filter(({ untrusted }) => !untrusted);
    this.#isFiltered = trusted.length <= 1 && this.#onText === undefined;
    return this.#isFiltered ? trusted[0]?.parser : undefined;
  }

  #disable(named: NamedParser, reason: ParserProblem["reason"], line: number, message: string): void {
    this.#active = this.#active.filter((one) => one !== named);
    this.#rules = this.#rules.filter((one) => one !== named);
    this.#only = this.#onlyParser();
    this.#onProblem({ parser: named.name, reason, line, message });
  }
}
