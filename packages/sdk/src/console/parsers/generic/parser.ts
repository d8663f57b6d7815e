import { addEpoch } from "../epoch.js";
import { metricName } from "../metric-name.js";
import type { Metric, ParsedItem, Parser, ParserOptions } from "../parser.js";
import { accept } from "./accept.js";
import { readBar } from "./bar.js";
import { Box, borderedCells } from "./box.js";
import { CounterState, type Counters } from "./counters.js";
import { isFileLine, mayTell } from "./may-tell.js";
import { type NamedValue, nameValues } from "./name-values.js";
import { phaseOfName, phaseOfSet } from "./phase.js";
import { prefixOf } from "./prefix.js";
import { readLine } from "./read-line.js";
import type { Reading } from "./reading.js";
import { isRefused, withoutPaths } from "./refuse.js";
import { readSection } from "./section.js";
import { TableHeader } from "./table.js";
import { ToldOfLine } from "./told-of-line.js";
import { kindOf } from "./words.js";

/** Characters of a line that are read: longer ones are dumps. */
const MOST_CHARS = 8192;
const ONE_VALUE = /^\s*[\w./-]+\s*[=:]\s*\S+\s*$/;
const HEADING = /^[\s*=#>-]*(?:\*{3,}|={3,}|-{3,}|#{2,})?\s*([A-Za-z]\w*)[\w ]*(?:\*{3,}|={3,}|:)\s*$/;

/** Reads what any trainer prints, by the general forms of console output. */
export class GenericParser implements Parser {
  readonly #counters = new CounterState();
  #header: TableHeader | undefined;
  #box: Box | undefined;
  #isUnderWay = false;
  /** Phase of the block of values that a heading announced; null without a phase. */
  #block: Reading["phase"] | null | undefined;
  readonly #told = new ToldOfLine();
  /** The line before named a place in a traceback: this one is source code. */
  #isAfterFileLine = false;
  /** Phase word of the last line with counters. */
  #section: string | undefined;

  readonly #options: ParserOptions;

  /** @param options - facts for the parser */
  constructor(options: ParserOptions) {
    this.#options = options;
  }

  get framework(): string | undefined {
    return this.#isUnderWay ? "generic" : undefined;
  }

  /** @returns false when `feed` has to read the line */
  feedBytes(bytes: Uint8Array, start: number, end: number): boolean {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = isFileLine(bytes, start);
    return wasFileLine || this.#isAfterFileLine || !mayTell(bytes, start, end);
  }

  feed(text: string, line: number): ParsedItem[] {
    const wasFileLine = this.#isAfterFileLine;
    this.#isAfterFileLine = text.startsWith('  File "');
    if (wasFileLine || text.length > MOST_CHARS || text.trim() === "") return [];
    const prefix = prefixOf(text);
    const message = prefix.end === 0 ? text : text.slice(prefix.end);
    const cells = borderedCells(message);
    if (cells !== undefined) {
      const items = this.#bordered(cells, line);
      if (items !== undefined) return items;
    }
    const closed = this.#closeBox();
    const items = this.#message(message, line, prefix.phase);
    if (prefix.rank !== undefined) for (const metric of items) metric.labels = { rank: prefix.rank };
    const all = closed.length === 0 ? items : [...closed, ...items];
    for (const metric of all) addEpoch(metric, this.#options);
    return all;
  }

  end(): ParsedItem[] {
    return this.#closeBox();
  }

  #message(message: string, line: number, phase: Reading["phase"]): Metric[] {
    if (isRefused(message)) return [];
    if (!/\d|nan|inf/i.test(message)) {
      this.#wordsOnly(message);
      return [];
    }
    const row = this.#header?.row(message);
    if (row !== undefined) return this.#tell(row, line);
    const bare = withoutPaths(message);
    const reading = readBar(bare) ?? readLine(bare);
    reading.phase ??= phase;
    if (reading.pairs.length === 0) {
      this.#heading(reading, message);
      return [];
    }
    if (reading.evidence !== "none") this.#block = undefined;
    else if (this.#block != null) reading.phase ??= this.#block;
    return this.#tell(reading, line);
  }

  #tell(reading: Reading, line: number): Metric[] {
    if (reading.isSummary && reading.section === undefined) for (const pair of reading.pairs) pair.section ??= this.#section;
    const accepted = accept(reading, nameValues(reading), { isUnderWay: this.#isUnderWay, isInBlock: this.#block !== undefined });
    if (reading.evidence !== "none") this.#section = reading.section;
    if (accepted.length === 0) {
      if (reading.evidence === "named") this.#counters.of(reading.counters);
      return [];
    }
    const counters = this.#counters.of(reading.counters);
    this.#isUnderWay = true;
    return accepted.flatMap((value) => metricsOf(value, counters, line)).filter((metric) => this.#told.isNew(metric));
  }

  /** Lines that count without telling values: `Epoch 1/3`, `[Epoch 0] Validation:`. */
  #heading(reading: Reading, message: string): void {
    if (this.#block !== undefined && ONE_VALUE.test(message)) return;
    this.#block = undefined;
    if (reading.evidence === "none") {
      this.#wordsOnly(message);
      return;
    }
    this.#section = reading.section;
    if (reading.evidence === "named") this.#counters.of(reading.counters);
    if (!reading.rest.trimEnd().endsWith(":")) return;
    readSection(`${reading.rest} `, reading);
    this.#block = (reading.section === undefined ? undefined : phaseOfSet(reading.section)) ?? reading.phase ?? null;
  }

  #wordsOnly(message: string): void {
    const header = TableHeader.of(message);
    if (header !== undefined) this.#header = header;
    const word = HEADING.exec(message)?.[1];
    const phase = word === undefined ? undefined : phaseOfSet(word);
    if (phase !== undefined && this.#isUnderWay) this.#block = phase;
    const reading = { ...EMPTY };
    readSection(`${message.trim()} `, reading as Reading);
    if (reading.section !== undefined) this.#section = reading.section;
  }

  #bordered(cells: readonly string[], line: number): Metric[] | undefined {
    if (cells.length === 2) {
      this.#box ??= new Box();
      this.#box.add(cells, line);
      return [];
    }
    const row = this.#header?.cells(cells);
    if (row !== undefined) return this.#tell(row, line);
    const header = TableHeader.ofCells(cells);
    if (header !== undefined) {
      this.#header = header;
      return [];
    }
    return undefined;
  }

  #closeBox(): Metric[] {
    const box = this.#box;
    if (box === undefined) return [];
    this.#box = undefined;
    const { rows, step, epoch } = box;
    const named = rows.map(({ key, value, line }) => ({ name: metricName(key), value, line }));
    if (step === undefined && epoch === undefined && !named.some(({ name }) => kindOf(name) === "strong")) return [];
    const counters = this.#counters.of({
      ...(step === undefined ? {} : { step: { value: step, of: undefined } }),
      ...(epoch === undefined ? {} : { epoch: { value: epoch, of: undefined } }),
    });
    return named.map(({ name, value, line }) => {
      const phase = phaseOfName(name);
      return { name, value, ...counters, ...(phase === undefined ? {} : { phase }), line };
    });
  }
}

const EMPTY = { section: undefined, phase: undefined, isSummary: false };

function metricsOf({ name, value, phase, pair }: NamedValue, counters: Counters, line: number): Metric[] {
  const rest = { ...counters, ...(phase === undefined ? {} : { phase }), line };
  const metrics: Metric[] = [{ name, value, ...rest }];
  if (pair.average !== undefined) metrics.push({ name: `${name}/avg`, value: pair.average, ...rest });
  if (pair.deviation !== undefined) metrics.push({ name: `${name}/std`, value: pair.deviation, ...rest });
  for (const [at, further] of pair.further.entries()) metrics.push({ name: `${name}/${at + 1}`, value: further, ...rest });
  return metrics;
}
