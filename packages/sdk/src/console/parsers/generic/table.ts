import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import { type Cell, cellsOf } from "./cells.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import { type Counted, emptyReading, type Located, type Reading } from "./reading.js";
import { kindOf } from "./words.js";

/** Column of a table: a counter or a metric. */
interface Column {
  key: string;
  role: CounterRole | undefined;
}

const CELL = /^[A-Za-z#%@][\w/.%@#()'\u0394-]*(?: [\w/.%@#()'-]+){0,3}$/;
const NUMERIC = /^(?:[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:%|[a-zA-Z]{1,2})?|\d+\/\d+|nan|-?inf|-+|\d+(?::\d\d)+(?:\.\d+)?|none)$/i;

/** A progress bar behind a row: `640: 100%|███| 4/4 [00:01<00:00,  2.66it/s]`. */
const BAR = /:\s+\d+%.*?(?:\s(\d+)\/(\d+)(?=\s).*)?$/d;

const FIRST = /^\s*(?:[-+.,\d]|nan|inf|none)/i;

/** What may be a row of a table: columns of numbers alone, and a bar behind them. */
export interface NumberRow {
  /** The columns; in two ways where commas may separate columns, or belong to numbers. */
  ways: readonly (readonly Cell[])[];
  /** How far the bar is. */
  batch: Counted | undefined;
}

/**
 * @param text - one line without its prefix
 * @param base - index of its first character in the whole line
 * @returns the columns of a line of numbers; undefined where it has anything else
 */
export function numberRow(text: string, base: number): NumberRow | undefined {
  if (!FIRST.test(text)) return undefined;
  const bar = BAR.exec(text);
  const row = bar ? text.slice(0, bar.index) : text;
  const from = base + row.length - row.trimStart().length;
  const bare = row.trim();
  const ways = [cellsOf(bare, from, /\s+/g), ...(bare.includes(",") ? [cellsOf(bare, from, /,/g)] : [])].filter(
    (cells) => cells.length >= 2 && cells.every(isNumeric),
  );
  const [, batch, total] = bar?.indices ?? [];
  const located = ([start, end]: [number, number]): Located => ({ value: Number(text.slice(start, end)), at: base + start });
  if (ways.length === 0) return undefined;
  return { ways, batch: batch && total && { ...located(batch), of: located(total) } };
}

function isNumeric({ text }: Cell): boolean {
  return text === "" || NUMERIC.test(text);
}

/** A header line of names over columns of numbers. */
export class TableHeader {
  readonly #columns: readonly Column[];
  /** The same for headers that say the same. */
  readonly key: string;

  private constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.key = columns.map(({ key }) => key).join("\n");
  }

  /**
   * @param text - a line without numbers of its own
   * @returns the header of a table of metrics, where the line is one
   */
  static of(text: string): TableHeader | undefined {
    const bare = text.trim();
    const wide = bare.split(/\t+| {2,}/);
    const first = wide[0] as string;
    const isOneSpaced = wide.length === 1 && /^(?:epoch|iter|iteration|step|round)\s/i.test(first);
    const isCsv = wide.length === 1 && bare.includes(",");
    return TableHeader.ofCells(isOneSpaced ? bare.split(/\s+/) : isCsv ? bare.split(/\s*,\s*/) : wide);
  }

  /** @param cells - names of columns @returns the header, where they are names of counters and metrics */
  static ofCells(cells: readonly string[]): TableHeader | undefined {
    if (cells.length < 2 || !cells.every((cell) => cell === "" || CELL.test(cell))) return undefined;
    const columns = cells.map((key) => ({ key, role: roleOf(key) }));
    const isCounted = columns.some(({ role }) => role !== undefined);
    const hasMetric = columns.some(({ key, role }) => role === undefined && kindOf(metricName(key)) === "strong");
    return hasMetric && (isCounted || cells.length >= 3) ? new TableHeader(columns) : undefined;
  }

  /** @param row - a line of numbers @returns what it says where it is a row of this table */
  row({ ways, batch }: NumberRow): Reading | undefined {
    const reading = ways.map((cells) => this.cells(cells)).find((one) => one !== undefined);
    if (reading !== undefined && batch !== undefined) reading.counters.batch = batch;
    return reading;
  }

  /** @param cells - what stands in the columns @returns the row; undefined where the line is of something else */
  cells(cells: readonly Cell[]): Reading | undefined {
    if (cells.length !== this.#columns.length || !cells.every(isNumeric)) return undefined;
    const reading = emptyReading();
    reading.evidence = "named";
    for (const [column, { text, at }] of cells.entries()) {
      const { key, role } = this.#columns[column] as Column;
      const [printed = "", of] = text.split("/");
      const value = printed.includes(":") ? undefined : looseNumber(printed);
      if (value === undefined) continue;
      if (role !== undefined)
        reading.counters[role] ??= { value, at, of: of === undefined ? undefined : { value: Number(of), at: at + printed.length + 1 } };
      else if (of === undefined && kindOf(metricName(key)) !== "config") {
        reading.pairs.push({
          key,
          link: "=",
          value,
          at,
          average: undefined,
          deviation: undefined,
          further: [],
          unit: /[a-z%]$/i.exec(printed)?.[0] ?? "",
          isInteger: !/[.e]/i.test(printed),
          isQuoted: false,
          isLeading: false,
          section: undefined,
        });
      }
    }
    return reading.pairs.length > 0 ? reading : undefined;
  }
}

function roleOf(key: string): CounterRole | undefined {
  if (key === "#") return "iteration";
  if (key === "E") return "epoch";
  return counterWord(key, true)?.role;
}
