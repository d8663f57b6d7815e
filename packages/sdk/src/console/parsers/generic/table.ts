import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { Cell } from "./cells.js";
import { aligned, matchedCells } from "./columns.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import { phaseOfWord } from "./phase.js";
import { emptyReading, plainPair, type Reading } from "./reading.js";
import { isLabel, isNumeric, pipedCells, type TableRow } from "./table-row.js";
import { kindOf } from "./words.js";

/** Column of a table: a counter or a metric. Its place is that of the name in the header, without what stood in front of the table; -1 where cells stand between bars or commas. */
interface Column extends Cell {
  role: CounterRole | undefined;
}

const NAME = /^[\p{L}#%@|(][\p{L}\w/.%@#()':|\u0394-]*(?: [\p{L}\w/.%@#()':|-]+){0,3}$/u;
const WIDE = /\S+(?: \S+)*/g;
const WORD = /\S+/g;
/** Words of a line of a header that goes on in the next. */
const WORDS = /^\s*[A-Za-z]+(?:\s+[A-Za-z#]+){3,}\s*$/;

/** A header line of names over columns of numbers. */
export class TableHeader {
  readonly #columns: readonly Column[];
  /** The same for headers that say the same. */
  readonly key: string;
  /** The same line with a column for each word: rows may have as many numbers. */
  readonly #byWords: TableHeader | undefined;
  /** Commas in numbers stand in front of decimals. */
  readonly #hasDecimalCommas: boolean;

  private constructor(columns: readonly Column[], byWords?: TableHeader, hasDecimalCommas = false) {
    this.#columns = columns;
    this.#byWords = byWords;
    this.#hasDecimalCommas = hasDecimalCommas;
    this.key = columns.map(({ text, at }) => `${text} ${at}`).join("\n") + (hasDecimalCommas ? "\n;" : "");
  }

  /**
   * @param text - a line without numbers of its own
   * @returns the header of a table of metrics, where the line is one
   */
  static of(text: string): TableHeader | undefined {
    const piped = pipedCells(text, 0);
    if (piped !== undefined) return TableHeader.ofCells(piped.map((cell) => cell.text));
    // `#  Epoch  batch`: marks the header as a comment.
    const bare = text.replace(/^(\s*)#(?=\s)/, "$1 ");
    const wide = matchedCells(bare, 0, WIDE).flatMap(wordsOfColumns);
    const isOneSpaced = wide.length === 1 && /^\s*(?:epoch|iter|iteration|step|round)\s/i.test(bare);
    if (isOneSpaced) return TableHeader.#ofColumns(matchedCells(bare, 0, WORD));
    if (wide.length === 1 && bare.includes(";")) return TableHeader.#ofColumns(namesOf(bare, ";"), undefined, true);
    if (wide.length === 1 && bare.includes(",")) return TableHeader.#ofColumns(namesOf(bare, ","));
    const words = matchedCells(bare, 0, WORD);
    const isOfWords = words.length > wide.length && roleOf(words[0]?.text ?? "") !== undefined;
    const byWords = isOfWords ? TableHeader.#ofColumns(words) : undefined;
    const header = TableHeader.#ofColumns(wide, byWords) ?? byWords;
    // `Epoch ,LR    ,RMSE_Val`: as wide as the columns.
    return header ?? (bare.includes(",") ? TableHeader.#ofColumns(namesOf(bare, ",")) : undefined);
  }

  /**
   * @param above - a line of words
   * @param text - the line below it
   * @returns the header that both are, word for word
   */
  static ofTwoLines(above: string, text: string): TableHeader | undefined {
    const first = matchedCells(above, 0, WORD);
    const second = matchedCells(text, 0, WORD);
    if (above === "" || first.length !== second.length) return undefined;
    return TableHeader.#ofColumns(second.map((cell, at) => ({ ...cell, text: `${first[at]?.text} ${cell.text}` })));
  }

  /** @param text - a line @returns whether it may be one of two lines of a header */
  static isOfTwoLines(text: string): boolean {
    return WORDS.test(text);
  }

  /** @param cells - names of columns @returns the header, where they are names of counters and metrics */
  static ofCells(cells: readonly string[]): TableHeader | undefined {
    return TableHeader.#ofColumns(cells.map((text) => ({ text, at: -1 })));
  }

  static #ofColumns(cells: readonly Cell[], byWords?: TableHeader, hasDecimalCommas?: boolean): TableHeader | undefined {
    if (cells.length < 2 || !cells.every(({ text }) => text === "" || NAME.test(text))) return undefined;
    const columns = cells.map((cell) => ({ ...cell, role: roleOf(cell.text) }));
    const isCounted = columns.some(({ role }) => role !== undefined);
    const hasMetric = columns.some(({ text, role }) => role === undefined && kindOf(metricName(text)) === "strong");
    const named = columns.filter(({ text, role }) => text !== "" && role === undefined);
    const isOfPhases = named.length > 0 && named.every(({ text }) => phaseOfWord(text) !== undefined);
    const isLog = cells.length >= 4 && (columns[0] as Column).role !== undefined;
    return (hasMetric && (isCounted || cells.length >= 3)) || isLog || isOfPhases
      ? new TableHeader(columns, byWords, hasDecimalCommas)
      : undefined;
  }

  /** Number of columns. */
  get width(): number {
    return this.#columns.length;
  }

  /**
   * @param row - a line of numbers
   * @param base - index in the line of what the header's columns are counted from
   * @returns what it says where it is a row of this table
   */
  row({ ways, batch }: TableRow, base: number): Reading | undefined {
    const read = (cells: readonly Cell[]) => this.cells(cells, base) ?? this.#byWords?.cells(cells, base) ?? this.#aligned(cells, base);
    const reading = ways.map(read).find((one) => one !== undefined);
    if (reading !== undefined && batch !== undefined) reading.counters.batch = batch;
    return reading;
  }

  /** A row with empty columns. */
  #aligned(cells: readonly Cell[], base: number): Reading | undefined {
    const isWide = cells.length < this.width && cells.length * 2 >= this.width && this.#columns[0]?.at !== -1;
    if (!isWide || !cells.every(isNumeric)) return undefined;
    const all = aligned(cells, this.#columns.map(({ text, at }) => ({ text, at: at + base }))); // biome-ignore format: one call
    return all === undefined || all[0]?.text === "" ? undefined : this.cells(all, base);
  }

  /**
   * @param cells - what stands in the columns, in front of them perhaps the name of the row
   * @param base - as of {@link row}
   * @returns the row; undefined where the line is of something else
   */
  cells(cells: readonly Cell[], base = 0): Reading | undefined {
    const [first, ...others] = cells;
    const lead = cells.length - this.width;
    if (
      first === undefined ||
      lead < 0 ||
      lead > 1 ||
      !others.every((cell) => isNumeric(cell) || (lead === 0 && this.#isWord(cell, first)))
    )
      return undefined;
    const isNamed = isLabel(first) && (!isNumeric(first) || (lead === 1 && this.#isLeftOf(first, base)));
    if (isNamed ? lead === 0 && this.#columns[0]?.role !== undefined : lead === 1 || !isNumeric(first)) return undefined;
    const reading = emptyReading();
    reading.evidence = "named";
    if (isNamed) for (const { index } of first.text.matchAll(/\d/g)) reading.sectionDigits.push(first.at + index);
    for (const [at, column] of this.#columns.entries()) {
      if (!isNamed || at + lead > 0) {
        addCell(column, cells[at + lead] as Cell, isNamed ? first.text : undefined, reading, this.#hasDecimalCommas);
      }
    }
    return reading.pairs.length > 0 ? reading : undefined;
  }

  /** Between bars or commas, behind a counter: `| 1 | Best | 0.5 |`. */
  #isWord({ text }: Cell, first: Cell): boolean {
    return /^[A-Za-z]+$/.test(text) && this.#columns[0]?.at === -1 && this.#columns[0].role !== undefined && /^\d+$/.test(first.text);
  }

  /** In front of the columns of a table that counts nothing a number is a name, too. */
  #isLeftOf({ text, at }: Cell, base: number): boolean {
    const [first] = this.#columns;
    return first !== undefined && at + text.length <= first.at + base && this.#columns.every(({ role }) => role === undefined);
  }
}

/** `Time Epoch Iteration`, `train_loss test_loss`: columns with one blank between them. */
function wordsOfColumns(cell: Cell): Cell[] {
  const words = matchedCells(cell.text, cell.at, WORD);
  const areColumns =
    words.filter(({ text }) => roleOf(text) !== undefined).length >= 2 || words.every(({ text }) => /[a-z]_[a-z]/i.test(text));
  return areColumns ? words : [cell];
}

/** Names of columns between separators. */
function namesOf(text: string, separator: string): Cell[] {
  return text.split(separator).map((name) => ({ text: name.trim().replace(/^"(.*)"$/, "$1"), at: -1 }));
}

/** `1.234,5` */
function withPoint(text: string): string {
  return text.includes(",") ? text.replaceAll(".", "").replace(",", ".") : text;
}

function addCell(
  { text: key, role }: Column,
  { text, at }: Cell,
  label: string | undefined,
  reading: Reading,
  hasDecimalCommas: boolean,
): void {
  const [printed = "", of] = text.split("/");
  const [first, ...further] = matchedCells(printed, at, /[^[\],\s]+(?:,\d+)*/g);
  const value =
    first === undefined || printed.includes(":") ? undefined : looseNumber(hasDecimalCommas ? withPoint(first.text) : first.text);
  if (first === undefined || value === undefined) return;
  if (role !== undefined) {
    const total = of === undefined ? undefined : { value: Number(of), at: at + printed.length + 1 };
    reading.counters[role] ??= { value, at: first.at, of: total };
    return;
  }
  if (of !== undefined || (kindOf(metricName(key)) === "config" && !/^(?:target|min|max)$/.test(key))) return;
  // Of a table of phases each row is a metric.
  const isOfPhase = label !== undefined && phaseOfWord(key) !== undefined;
  reading.pairs.push({
    ...plainPair({ value, at: first.at }, isOfPhase ? label : key),
    unit: /[a-z%]$/i.exec(first.text)?.[0] ?? "",
    isInteger: !/[.e]/i.test(first.text),
    further: further.map((one) => ({ value: Number(one.text), at: one.at })),
    section: isOfPhase ? key : label === "all" ? undefined : label,
  });
}

function roleOf(key: string): CounterRole | undefined {
  if (key === "#") return "iteration";
  if (key === "E") return "epoch";
  return counterWord(key.replace(/^#/, ""), true)?.role;
}
