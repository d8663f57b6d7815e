import type { ParserOptions, Place, ValueSink } from "../parser.js";
import { readBar } from "./bar.js";
import { borderedCells, boxRow, isRule, ruledCells } from "./box.js";
import type { Cell } from "./cells.js";
import { CounterSources } from "./counter-sources.js";
import type { Holds, Planned } from "./form-memory.js";
import type { Lines } from "./form-parser.js";
import { halfWidth } from "./full-width.js";
import { type Below, type LinePlan, NOTHING, numbersOf, uniform } from "./line-plan.js";
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
import { Standing } from "./standing.js";
import { TableHeader } from "./table.js";
import { isNumeric, tableRow } from "./table-row.js";
import { leadsOfThousands } from "./thousands.js";

const ONE_VALUE = /^\s*[\w./\u4e00-\u9fff-]+\s*[=:]\s*\S+\s*$/;
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
  readonly #standing = new Standing();
  /** Program that told the first value: those of others have a rank. */
  #program: string | undefined;
  /** @param options - facts for the parser */
  constructor(options: ParserOptions) {
    this.#options = options;
    this.#clock = new StampClock(options.referenceTimeMs);
  }

  get framework(): string | undefined {
    return this.#standing.isUnderWay ? "generic" : undefined;
  }

  placeOf(line: number): number {
    return this.#standing.placeOf(line);
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
    const cells =
      borderedCells(message, prefix.end) ?? (this.#standing.box?.isRuled === true ? ruledCells(message, prefix.end) : undefined);
    const bordered = cells === undefined ? undefined : this.#bordered(cells, text, prefix, line);
    if (bordered !== undefined) return bordered;
    const lead = lengthOfLead(message);
    const row = cells === undefined ? tableRow(message.slice(lead), prefix.end + lead) : undefined;
    const isOfTable = cells !== undefined || row !== undefined || ruledCells(message, 0) !== undefined || isNumberList(message);
    const nothing: Judged = { plan: undefined, holds: isOfTable ? "here" : "always", digits: [], leads: [] };
    if (isRefused(message)) return nothing;
    const told = row === undefined ? undefined : this.#standing.header?.row(row, prefix.end);
    if (told !== undefined) return this.#plannedRow(told, text, prefix);
    if (isRule(message) && this.#standing.header?.width !== 2)
      return { ...nothing, plan: { ...NOTHING, below: { isRuled: true } }, holds: "here" };
    const bare = onlyNumbers(message);
    const list = readNumberList(message, prefix.end, this.#standing.before.isBelowHeading(line));
    const reading = list ?? readBar(bare, prefix.end) ?? readLine(bare, prefix.end);
    reading.phase ??= list === undefined || this.#standing.section === undefined ? prefix.phase : phaseOfSet(this.#standing.section);
    if (reading.pairs.length === 0) return this.#withoutValues(reading, message, text, nothing, line, prefix);
    if (isDull(reading)) return nothing;
    const hangs = isOfTable || reading.isSummary || reading.evidence === "none";
    const block = this.#standing.blockAt(line);
    if (reading.evidence === "none" && block != null) reading.phase ??= block;
    const isBelowMetric = reading.evidence === "none" && this.#standing.before.isBelowMetric(line);
    return this.#planned(reading, text, prefix, hangs || isNumberList(message) ? "here" : "always", digitsOfNames(text, reading), {
      isBelowMetric,
      isInBlock: block !== undefined,
      isNearMetric: this.#standing.before.isNearMetric(line),
    });
  }

  #plannedRow(row: Reading, text: string, prefix: Prefix): Judged {
    for (const pair of row.pairs) pair.section ??= this.#standing.tableOf;
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
    if (reading.isSummary && reading.section === undefined) for (const pair of reading.pairs) pair.section ??= this.#standing.section;
    const plan = this.#planner.plan(
      reading,
      { isUnderWay: this.#standing.isUnderWay, ...near },
      rank ?? rankOfProgram(program, this.#program),
    );
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
      const below = saidBelow(message, this.#standing.aboveOf(line)[0] ?? "", this.#standing.isUnderWay);
      return below === undefined ? nothing : { plan: { ...NOTHING, below }, holds: "here", digits: digitsOf(text), leads: [] };
    }
    const isOneValue = ONE_VALUE.test(message);
    if (this.#standing.blockAt(line) !== undefined && isOneValue) return { ...nothing, holds: "here" };
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
    // `| 40 | loss=0.5 |`, where a box has a key and a value.
    if (cells.length === 2 && /^(?:[A-Za-z]+ )?\d+$/.test(cells[0]?.text ?? "") && /^[A-Za-z].*[=: ] ?-?\d/.test(cells[1]?.text ?? ""))
      return undefined;
    if (cells.length === 2 && !this.#isOfTableOfTwo(cells)) {
      const row = boxRow(cells);
      return { plan: { ...NOTHING, row }, holds: "always", digits: isFixed(row.key) ? [] : digitsOf(text), leads: [] };
    }
    // Source code in a traceback with borders.
    if (cells.length === 1 && /^(?:\u2771 )?\d+ /.test(cells[0]?.text ?? ""))
      return { plan: undefined, holds: "always", digits: [], leads: [] };
    if (cells.every((cell) => /^[-:=+]*$/.test(cell.text))) return { plan: NOTHING, holds: "always", digits: [], leads: [] };
    const told = this.#standing.header?.cells(cells);
    if (told !== undefined) return this.#plannedRow(told, text, prefix);
    const texts = cells.map((cell) => cell.text);
    const above = this.#standing.aboveOf(line);
    const merged = above.length === texts.length ? texts.map((cell, at) => `${above[at]} ${cell}`.trim()) : texts;
    const below: Below = {};
    const header = TableHeader.ofCells(merged) ?? TableHeader.ofCells(texts);
    if (header !== undefined) below.header = header;
    if (!/\d/.test(text)) below.above = texts;
    return Object.keys(below).length === 0 ? undefined : { plan: { ...NOTHING, below }, holds: "here", digits: digitsOf(text), leads: [] };
  }

  /** `| step | loss |` and the numbers below: a table, where a box has a name in front of each number. */
  #isOfTableOfTwo(cells: readonly Cell[]): boolean {
    if (cells.every(isNumeric)) return this.#standing.header?.width === 2;
    return cells.every(({ text }) => text !== "") && TableHeader.ofCells(cells.map(({ text }) => text)) !== undefined;
  }

  tell(plan: LinePlan | undefined, line: number, into: ValueSink): boolean {
    if (plan?.row !== undefined) {
      this.#standing.openBox().add(plan.row, line);
      return false;
    }
    if (this.#standing.box !== undefined) this.end(into);
    if (plan === undefined) return false;
    if (plan.isCounted) this.#standing.count(plan.section);
    if (plan.isCounted || plan.values.length > 0) this.#tellValues(plan, line, into);
    if (plan.values.length > 0) this.#standing.goOn(line);
    if (plan.below !== undefined) this.#standing.announce(plan.below, line);
    return plan.values.length > 0;
  }

  #tellValues({ counters, values, program, source, isIndented, stamp }: LinePlan, line: number, into: ValueSink): void {
    const place = this.#place;
    place.line = line;
    place.timeMs = this.#clock.timeMs(stamp);
    this.#counters.count(source, counters, place, values.length === 0, isIndented === true && this.#standing.before.isBelowMetric(line));
    this.#addEpoch();
    this.#standing.add(line, values.length > 0);
    if (values.length === 0) return;
    this.#program ??= program;
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
    const box = this.#standing.closeBox();
    if (box === undefined) return;
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
