import type { ParserOptions, Phase, Place, ValueSink } from "../parser.js";
import { readBar } from "./bar.js";
import { Box, borderedCells, boxRow, isRule, ruledCells } from "./box.js";
import type { Cell } from "./cells.js";
import { CounterSources } from "./counter-sources.js";
import type { Holds, Planned } from "./form-memory.js";
import type { Lines } from "./form-parser.js";
import { halfWidth } from "./full-width.js";
import { type Below, type LinePlan, NOTHING, numbersOf, uniform } from "./line-plan.js";
import { LinesAbove } from "./lines-above.js";
import { isNumberList, readNumberList } from "./number-list.js";
import { phaseOfSet } from "./phase.js";
import { digitsOf } from "./placed-plan.js";
import { digitsOfNames, isDull, isFixed, LinePlanner } from "./plan-line.js";
import { digitsOfSource, type Prefix, prefixOf, sourceOf } from "./prefix.js";
import { rankOfProgram } from "./rank-of-program.js";
import { readLine } from "./read-line.js";
import type { Reading } from "./reading.js";
import { isRefused, onlyNumbers } from "./refuse.js";
import { lengthOfLead, saidBelow } from "./said-below.js";
import { readSection } from "./section.js";
import { StampClock, stampOf } from "./stamp.js";
import { TableHeader } from "./table.js";
import { isNumeric, tableRow } from "./table-row.js";
import { leadsOfThousands } from "./thousands.js";

const ONE_VALUE = /^\s*[\w./\u4e00-\u9fff-]+\s*[=:]\s*\S+\s*$/;
/** Lines of something else within a block of values. */
const MOST_BETWEEN = 4;
/** Places of lines that are told apart; who prints more ways to stand somewhere pays for it. */
const MOST_PLACES = 10_000;
const NO_TEXTS: readonly string[] = [];
/** A plan whose numbers are not listed yet. */
type Judged = Omit<Planned<LinePlan>, "numbers">;

/** Lines in the general forms. */
export class GenericLines implements Lines<LinePlan> {
  readonly skipsWordless = true;
  readonly #options: ParserOptions;
  readonly #clock: StampClock;
  readonly #planner = new LinePlanner();
  readonly #counters = new CounterSources();
  readonly #place: Place = { step: Number.NaN, epoch: Number.NaN, batch: Number.NaN, total: Number.NaN, timeMs: Number.NaN, line: 0 };
  #header: TableHeader | undefined;
  /** What tables are of, where a heading says so (`Evaluation results for bbox:`). */
  #tableOf: string | undefined;
  /** Names of columns that a line directly above the next may have begun. */
  #above: { texts: readonly string[]; line: number } = { texts: [], line: -1 };
  #box: Box | undefined;
  #isUnderWay = false;
  /** Phase of the block of values that a heading announced; null without a phase. */
  #block: Phase | null | undefined;
  /** Its heading, or the last line of it. */
  #blockLine = -1;
  readonly #before = new LinesAbove();
  /** Phase word of the last line with counters. */
  #section: string | undefined;
  /** Program that told the first value: those of others have a rank. */
  #program: string | undefined;
  readonly #places = new Map<string, number>();
  #lastPlace = 0;
  /** Of {@link placeOf}, but for the line; 0 when something has changed. */
  #behind = 0;

  /** @param options - facts for the parser */
  constructor(options: ParserOptions) {
    this.#options = options;
    this.#clock = new StampClock(options.referenceTimeMs);
  }

  get framework(): string | undefined {
    return this.#isUnderWay ? "generic" : undefined;
  }

  placeOf(line: number): number {
    if (this.#behind === 0) {
      const state = `${this.#isUnderWay} ${this.#block} ${this.#section}\n${this.#tableOf} ${this.#box?.isRuled}\n${this.#header?.key}`;
      this.#behind = this.#numberOf(state);
    }
    const above = this.#aboveOf(line);
    const behind = above.length === 0 ? this.#behind : this.#numberOf(`${this.#behind}\n${above.join("\n")}`);
    return behind * 16 + this.#before.placeOf(line) * 2 + (this.#blockAt(line) === undefined ? 0 : 1);
  }

  #numberOf(place: string): number {
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    let number = this.#places.get(place);
    if (number === undefined) this.#places.set(place, (number = this.#lastPlace += 1));
    return number;
  }

  /** The block that a line is in: lines of something else end it. */
  #blockAt(line: number): Phase | null | undefined {
    return line - this.#blockLine <= MOST_BETWEEN ? this.#block : undefined;
  }

  plan(printed: string, line: number): Planned<LinePlan> {
    const text = halfWidth(printed);
    const prefix = prefixOf(text);
    const message = prefix.end === 0 ? text : text.slice(prefix.end);
    const judged = this.#judge(message, text, prefix, line);
    if (judged.plan === undefined) {
      const parameter = uniform({ ...NOTHING, below: { isParameter: true } });
      return { ...judged, plan: ONE_VALUE.test(message) ? parameter : undefined, numbers: [] };
    }
    const stamp = this.#options.readsTimes === true && judged.plan.values.length > 0 ? stampOf(text, prefix.end) : undefined;
    const plan = uniform({ ...judged.plan, stamp });
    const planned = { ...judged, plan, numbers: numbersOf(plan), digits: [...judged.digits, ...(stamp?.offsetDigits ?? [])] };
    if (!message.includes(",")) return planned;
    const leads = leadsOfThousands(message, prefix.end);
    return leads === undefined ? { ...planned, holds: "once" } : { ...planned, leads };
  }

  #judge(message: string, text: string, prefix: Prefix, line: number): Judged {
    const cells = borderedCells(message, prefix.end) ?? (this.#box?.isRuled === true ? ruledCells(message, prefix.end) : undefined);
    const bordered = cells === undefined ? undefined : this.#bordered(cells, text, prefix, line);
    if (bordered !== undefined) return bordered;
    const lead = lengthOfLead(message);
    const row = cells === undefined ? tableRow(message.slice(lead), prefix.end + lead) : undefined;
    const isOfTable = cells !== undefined || row !== undefined || ruledCells(message, 0) !== undefined || isNumberList(message);
    const nothing: Judged = { plan: undefined, holds: isOfTable ? "here" : "always", digits: [], leads: [] };
    if (isRefused(message)) return nothing;
    const told = row === undefined ? undefined : this.#header?.row(row, prefix.end);
    if (told !== undefined) return this.#plannedRow(told, text, prefix);
    if (isRule(message) && this.#header?.width !== 2) return { ...nothing, plan: { ...NOTHING, below: { isRuled: true } }, holds: "here" };
    const bare = onlyNumbers(message);
    const list = readNumberList(message, prefix.end, this.#before.isBelowHeading(line));
    const reading = list ?? readBar(bare, prefix.end) ?? readLine(bare, prefix.end);
    reading.phase ??= list === undefined || this.#section === undefined ? prefix.phase : phaseOfSet(this.#section);
    if (reading.pairs.length === 0) return this.#withoutValues(reading, message, text, nothing, line, prefix);
    if (isDull(reading)) return nothing;
    const hangs = isOfTable || reading.isSummary || reading.evidence === "none";
    const block = this.#blockAt(line);
    if (reading.evidence === "none" && block != null) reading.phase ??= block;
    const isBelowMetric = reading.evidence === "none" && this.#before.isBelowMetric(line);
    return this.#planned(reading, text, prefix, hangs || isNumberList(message) ? "here" : "always", digitsOfNames(text, reading), {
      isBelowMetric,
      isInBlock: block !== undefined,
      isNearMetric: this.#before.isNearMetric(line),
    });
  }

  #plannedRow(row: Reading, text: string, prefix: Prefix): Judged {
    for (const pair of row.pairs) pair.section ??= this.#tableOf;
    return this.#planned(row, text, prefix, "here", row.sectionDigits);
  }

  #planned(
    reading: Reading,
    text: string,
    prefix: Prefix,
    holds: Holds,
    ofNames: readonly number[] | undefined,
    near = { isBelowMetric: false, isInBlock: false, isNearMetric: false },
  ): Judged {
    const { rank, program } = prefix;
    if (reading.isSummary && reading.section === undefined) for (const pair of reading.pairs) pair.section ??= this.#section;
    const plan = this.#planner.plan(reading, { isUnderWay: this.#isUnderWay, ...near }, rank ?? rankOfProgram(program, this.#program));
    plan.program = program;
    plan.source = sourceOf(prefix);
    if (/^\s/.test(text) && Object.keys(reading.counters).length === 0) plan.isIndented = true;
    return {
      plan,
      holds: ofNames === undefined || reading.isOfDigits ? "once" : holds,
      digits: [...digitsOfSource(text, prefix), ...(ofNames ?? [])],
      leads: [],
    };
  }

  /** Lines that count without telling values (`Epoch 1/3`, `[Epoch 0] Validation:`), headings, and what tells nothing. */
  #withoutValues(reading: Reading, message: string, text: string, nothing: Judged, line: number, prefix: Prefix): Judged {
    if (reading.evidence !== "named") {
      const below = saidBelow(message, this.#aboveOf(line)[0] ?? "", this.#isUnderWay);
      return below === undefined ? nothing : { plan: { ...NOTHING, below }, holds: "here", digits: digitsOf(text), leads: [] };
    }
    const isOneValue = ONE_VALUE.test(message);
    if (this.#blockAt(line) !== undefined && isOneValue) return { ...nothing, holds: "here" };
    const plan: LinePlan = { values: [], counters: reading.counters, isCounted: true, section: reading.section, source: sourceOf(prefix) };
    const digits = digitsOfNames(text, reading);
    if (reading.rest.trimEnd().endsWith(":")) {
      readSection(`${reading.rest} `, reading);
      plan.below = { block: (reading.section === undefined ? undefined : phaseOfSet(reading.section)) ?? reading.phase ?? null };
    }
    const holds = isOneValue || nothing.holds === "here" ? "here" : "always";
    return {
      plan,
      holds: digits === undefined || reading.isOfDigits ? "once" : holds,
      digits: [...digitsOfSource(text, prefix), ...(digits ?? [])],
      leads: [],
    };
  }

  /** @returns undefined where the cells are neither of a box nor of a table */
  #bordered(cells: readonly Cell[], text: string, prefix: Prefix, line: number): Judged | undefined {
    if (cells.length === 2 && !this.#isOfTableOfTwo(cells)) {
      const row = boxRow(cells);
      return { plan: { ...NOTHING, row }, holds: "always", digits: isFixed(row.key) ? [] : digitsOf(text), leads: [] };
    }
    // Source code in a traceback with borders.
    if (cells.length === 1 && /^(?:\u2771 )?\d+ /.test(cells[0]?.text ?? ""))
      return { plan: undefined, holds: "always", digits: [], leads: [] };
    if (cells.every((cell) => /^[-:=+]*$/.test(cell.text))) return { plan: NOTHING, holds: "always", digits: [], leads: [] };
    const told = this.#header?.cells(cells);
    if (told !== undefined) return this.#plannedRow(told, text, prefix);
    const texts = cells.map((cell) => cell.text);
    const above = this.#aboveOf(line);
    const merged = above.length === texts.length ? texts.map((cell, at) => `${above[at]} ${cell}`.trim()) : texts;
    const below: Below = {};
    const header = TableHeader.ofCells(merged) ?? TableHeader.ofCells(texts);
    if (header !== undefined) below.header = header;
    if (!/\d/.test(text)) below.above = texts;
    return Object.keys(below).length === 0 ? undefined : { plan: { ...NOTHING, below }, holds: "here", digits: digitsOf(text), leads: [] };
  }

  /** `| step | loss |` and the numbers below: a table, where a box has a name in front of each number. */
  #isOfTableOfTwo(cells: readonly Cell[]): boolean {
    if (cells.every(isNumeric)) return this.#header?.width === 2;
    return cells.every(({ text }) => text !== "") && TableHeader.ofCells(cells.map(({ text }) => text)) !== undefined;
  }

  /** Names of columns in the line above. */
  #aboveOf(line: number): readonly string[] {
    return this.#above.line === line - 1 ? this.#above.texts : NO_TEXTS;
  }

  tell(plan: LinePlan | undefined, line: number, into: ValueSink): boolean {
    if (plan?.row !== undefined) {
      this.#box ??= new Box(false);
      this.#box.add(plan.row, line);
      return false;
    }
    this.end(into);
    if (plan === undefined) return false;
    if (plan.isCounted) this.#stand(undefined, plan.section);
    if (plan.isCounted || plan.values.length > 0) this.#tellValues(plan, line, into);
    if (plan.values.length > 0 && this.#blockAt(line) !== undefined) this.#blockLine = line;
    if (plan.below !== undefined) this.#announce(plan.below, line);
    return plan.values.length > 0;
  }

  #announce({ header, tableOf, above, isRuled, block, section, isParameter }: Below, line: number): void {
    if (isParameter === true) this.#before.addParameter(line);
    if (isRuled === true) {
      this.#box = new Box(true);
      this.#behind = 0;
    }
    if (above !== undefined) this.#above = { texts: above, line };
    if (tableOf !== undefined && tableOf !== this.#tableOf) {
      this.#tableOf = tableOf;
      this.#behind = 0;
    }
    if (header !== undefined && header.key !== this.#header?.key) {
      this.#header = header;
      this.#behind = 0;
    }
    if (block !== undefined) this.#blockLine = line;
    this.#stand(block === undefined ? this.#block : block, section ?? this.#section);
  }

  #stand(block: Phase | null | undefined, section: string | undefined): void {
    if (block === this.#block && section === this.#section) return;
    this.#block = block;
    this.#section = section;
    this.#behind = 0;
  }

  #tellValues({ counters, values, program, source, isIndented, stamp }: LinePlan, line: number, into: ValueSink): void {
    const place = this.#place;
    place.line = line;
    place.timeMs = this.#clock.timeMs(stamp);
    this.#counters.count(source, counters, place, values.length === 0, isIndented === true && this.#before.isBelowMetric(line));
    this.#addEpoch();
    this.#before.add(line, values.length > 0);
    if (values.length === 0) return;
    this.#program ??= program;
    if (!this.#isUnderWay) this.#behind = 0;
    this.#isUnderWay = true;
    for (const { series, value } of values) series.tell(value, place, into);
  }

  /** As `addEpoch` of the other parsers. */
  #addEpoch(): void {
    const { batchOfEpoch } = this.#options;
    const place = this.#place;
    if (batchOfEpoch !== undefined && Number.isNaN(place.epoch)) place.epoch = place.step / batchOfEpoch;
  }

  /** Tells the values of an open box. @param into - they are added here */
  end(into: ValueSink): void {
    const box = this.#box;
    if (box === undefined) return;
    this.#box = undefined;
    if (box.isRuled) this.#behind = 0;
    const { values, step, epoch } = box;
    if (step === undefined && epoch === undefined && !values.some((value) => this.#planner.named(value).isStrong)) return;
    const counted = (value: number | undefined) => (value === undefined ? undefined : { value, at: -1, of: undefined });
    const [steps, epochs] = [counted(step), counted(epoch)];
    this.#counters.count(undefined, { ...(steps && { step: steps }), ...(epochs && { epoch: epochs }) }, this.#place, false, false);
    this.#addEpoch();
    this.#place.timeMs = Number.NaN;
    for (const value of values) {
      this.#place.line = value.line;
      this.#planner.named(value).series.tell(value.value, this.#place, into);
    }
  }
}
