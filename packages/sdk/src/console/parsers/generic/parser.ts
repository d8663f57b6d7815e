import { metricName } from "../metric-name.js";
import type { ParsedItem, Parser, ParserOptions, Phase, Place, ValueSink } from "../parser.js";
import { readBar } from "./bar.js";
import { Box, borderedCells } from "./box.js";
import { Collector } from "./collector.js";
import { CounterState } from "./counters.js";
import { FormMemory } from "./form-memory.js";
import type { LinePlan } from "./line-plan.js";
import { isFileLine } from "./may-tell.js";
import { phaseOfName, phaseOfSet } from "./phase.js";
import { hasFixedNames, isDull, LinePlanner } from "./plan-line.js";
import { prefixOf } from "./prefix.js";
import { readLine } from "./read-line.js";
import { emptyReading, type Reading } from "./reading.js";
import { isRefused, withoutPaths } from "./refuse.js";
import { readSection } from "./section.js";
import { TableHeader } from "./table.js";
import { kindOf } from "./words.js";

/** Characters of a line that are read: longer ones are dumps. */
const MOST_CHARS = 8192;
const ONE_VALUE = /^\s*[\w./-]+\s*[=:]\s*\S+\s*$/;
const HEADING = /^[\s*=#>-]*([A-Za-z]\w*)[\w ]*(?:\*{3,}|={3,}|:)\s*$/;

/** What a line was taken for by its bytes. */
export type Look = "read" | "skipped" | "unread";

/** Reads what any trainer prints, by the general forms of console output. */
export class GenericParser implements Parser {
  readonly #options: ParserOptions;
  readonly #memory: FormMemory;
  readonly #planner = new LinePlanner();
  readonly #counters = new CounterState();
  readonly #collector = new Collector();
  readonly #place: Place = { step: Number.NaN, epoch: Number.NaN, batch: Number.NaN, total: Number.NaN, timeMs: Number.NaN, line: 0 };
  #header: TableHeader | undefined;
  #box: Box | undefined;
  #isUnderWay = false;
  /** Phase of the block of values that a heading announced; null without a phase. */
  #block: Phase | null | undefined;
  /** The line before named a place in a traceback: this one is source code. */
  #isAfterFileLine = false;
  /** Line that told values last, outside of tables. */
  #metricLine = -1;
  /** Phase word of the last line with counters. */
  #section: string | undefined;

  /** @param options - facts for the parser @param memory - of forms of lines */
  constructor(options: ParserOptions, memory: FormMemory = new FormMemory()) {
    this.#options = options;
    this.#memory = memory;
  }

  get framework(): string | undefined {
    return this.#isUnderWay ? "generic" : undefined;
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
    const known = this.#memory.ofBytes(bytes, start, end);
    if (known === "wordless") return "skipped";
    if (known === "nothing") return "read";
    if (known === undefined || this.#box !== undefined || !this.#isFit(known)) return "unread";
    this.#tell(known, line, into);
    return "read";
  }

  /**
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte
   * @returns whether the line has neither numbers nor the look of a heading or a table, or is of a traceback
   */
  skips(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#isOfTraceback(bytes, start) || this.#memory.ofBytes(bytes, start, end) === "wordless";
  }

  #isOfTraceback(bytes: Uint8Array, start: number): boolean {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = isFileLine(bytes, start);
    return wasFileLine || this.#isAfterFileLine;
  }

  feed(text: string, line: number): ParsedItem[] {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = text.startsWith('  File "');
    if (wasFileLine || text.length > MOST_CHARS || text.trim() === "") return [];
    const known = this.feedKnown(text, line);
    if (known !== undefined) return known;
    this.#read(text, line);
    return this.#collector.take();
  }

  /**
   * @param text - one line
   * @param line - number of the physical line, from 1
   * @returns what it tells, as of `feed`, where lines of its form were read before; else undefined
   */
  feedKnown(text: string, line: number): ParsedItem[] | undefined {
    const known = this.#memory.ofText(text);
    if (known === "nothing") return [];
    if (known === undefined || known === "wordless" || !this.#isFit(known)) return undefined;
    this.#closeBox();
    this.#tell(known, line, this.#collector);
    return this.#collector.take();
  }

  end(): ParsedItem[] {
    this.#closeBox();
    return this.#collector.take();
  }

  /** What a plan leaves out hangs on the lines before. */
  #isFit({ isCounted }: LinePlan): boolean {
    return isCounted || (this.#isUnderWay && this.#block === undefined);
  }

  #read(text: string, line: number): void {
    const prefix = prefixOf(text);
    const message = prefix.end === 0 ? text : text.slice(prefix.end);
    const cells = borderedCells(message);
    if (cells !== undefined && this.#bordered(cells, line, prefix.rank)) return;
    this.#closeBox();
    if (isRefused(message)) {
      this.#memory.learnNothing(true);
      return;
    }
    const row = this.#header?.row(message);
    if (row !== undefined) {
      this.#tell(this.#planOf(row, prefix.rank), line, this.#collector);
      return;
    }
    const bare = withoutPaths(message);
    const reading = readBar(bare, prefix.end) ?? readLine(bare, prefix.end);
    reading.phase ??= prefix.phase;
    if (reading.pairs.length === 0) {
      this.#withoutValues(reading, message, text);
      return;
    }
    if (isDull(reading)) {
      this.#memory.learnNothing(true);
      return;
    }
    if (reading.evidence === "none" && this.#block != null) reading.phase ??= this.#block;
    const isBelowMetric = reading.evidence === "none" && this.#metricLine === line - 1;
    const plan = this.#planOf(reading, prefix.rank, isBelowMetric);
    const isOfForm = !isBelowMetric && !reading.isSummary && prefix.rank === undefined && hasFixedNames(reading);
    this.#tell(plan, line, this.#collector);
    const isWhole = plan.isCounted || plan.values.length > 0;
    if (isOfForm && isWhole && this.#isFit(plan)) this.#memory.learn(plan, text);
  }

  #planOf(reading: Reading, rank: string | undefined, isBelowMetric = false): LinePlan {
    if (reading.isSummary && reading.section === undefined) for (const pair of reading.pairs) pair.section ??= this.#section;
    return this.#planner.plan(reading, { isUnderWay: this.#isUnderWay, isInBlock: this.#block !== undefined, isBelowMetric }, rank);
  }

  #tell(plan: LinePlan, line: number, into: ValueSink): void {
    const place = this.#place;
    place.line = line;
    if (plan.isCounted) {
      this.#block = undefined;
      this.#section = plan.section;
    }
    if (plan.values.length === 0 && !plan.isCounted) return;
    this.#counters.count(plan.counters, place, plan.values.length === 0);
    this.#addEpoch();
    if (plan.values.length > 0) {
      this.#isUnderWay = true;
      this.#metricLine = line;
    }
    for (const { series, value } of plan.values) series.tell(value, place, into);
  }

  /** As `addEpoch` of the other parsers. */
  #addEpoch(): void {
    const { batchOfEpoch } = this.#options;
    const place = this.#place;
    if (batchOfEpoch !== undefined && Number.isNaN(place.epoch)) place.epoch = place.step / batchOfEpoch;
  }

  /** Lines that count without telling values (`Epoch 1/3`, `[Epoch 0] Validation:`), headings, and what tells nothing. */
  #withoutValues(reading: Reading, message: string, text: string): void {
    if (reading.evidence !== "named") {
      if (!this.#hasWords(message)) this.#memory.learnNothing(/[A-Za-z]/.test(message));
      return;
    }
    const isOneValue = ONE_VALUE.test(message);
    if (this.#block !== undefined && isOneValue) return;
    const plan = { values: [], counters: reading.counters, isCounted: true, section: reading.section };
    this.#tell(plan, 0, this.#collector);
    if (reading.rest.trimEnd().endsWith(":")) {
      readSection(`${reading.rest} `, reading);
      this.#block = (reading.section === undefined ? undefined : phaseOfSet(reading.section)) ?? reading.phase ?? null;
    } else if (!isOneValue && hasFixedNames(reading)) this.#memory.learn(plan, text);
  }

  /** @returns whether the words of a line say something of the lines below it */
  #hasWords(message: string): boolean {
    let effect = false;
    const header = TableHeader.of(message);
    if (header !== undefined) {
      this.#header = header;
      effect = true;
    }
    const word = HEADING.exec(message)?.[1];
    const phase = word === undefined ? undefined : phaseOfSet(word);
    if (phase !== undefined) {
      if (this.#isUnderWay) this.#block = phase;
      effect = true;
    }
    const reading = emptyReading();
    readSection(`${message.trim()} `, reading);
    if (reading.section === undefined) return effect;
    this.#section = reading.section;
    return true;
  }

  /** @returns whether the cells are of a box or a table */
  #bordered(cells: readonly string[], line: number, rank: string | undefined): boolean {
    if (cells.length === 2) {
      this.#box ??= new Box();
      this.#box.add(cells, line);
      return true;
    }
    const row = this.#header?.cells(cells);
    const header = row === undefined ? TableHeader.ofCells(cells) : undefined;
    if (row !== undefined) this.#tell(this.#planOf(row, rank), line, this.#collector);
    if (header !== undefined) this.#header = header;
    return row !== undefined || header !== undefined;
  }

  #closeBox(): void {
    const box = this.#box;
    if (box === undefined) return;
    this.#box = undefined;
    const { rows, step, epoch } = box;
    const named = rows.map(({ key, value, line }) => ({ name: metricName(key), value, line }));
    if (step === undefined && epoch === undefined && !named.some(({ name }) => kindOf(name) === "strong")) return;
    const counted = (value: number | undefined) => (value === undefined ? undefined : { value, at: -1, of: undefined });
    const [steps, epochs] = [counted(step), counted(epoch)];
    this.#counters.count({ ...(steps && { step: steps }), ...(epochs && { epoch: epochs }) }, this.#place, false);
    this.#addEpoch();
    for (const { name, value, line } of named) {
      this.#place.line = line;
      this.#planner.seriesOf(name, phaseOfName(name), undefined).tell(value, this.#place, this.#collector);
    }
  }
}
