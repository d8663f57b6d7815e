import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import { emptyReading, type Reading } from "./reading.js";
import { kindOf } from "./words.js";

/** Column of a table: a counter or a metric. */
interface Column {
  key: string;
  role: CounterRole | undefined;
}

const CELL = /^[A-Za-z#%@][\w/.%@#()'\u0394-]*(?: [\w/.%@#()'-]+){0,3}$/;
const NUMERIC = /^(?:[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:%|[a-zA-Z]{1,2})?|\d+\/\d+|nan|-?inf|-+|\d+(?::\d\d)+(?:\.\d+)?|none)$/i;

/** A progress bar behind a row: `640: 100%|███| 4/4 [00:01<00:00,  2.66it/s]`. */
const BAR = /:\s+\d+%.*?(?:\s(\d+)\/(\d+)(?=\s).*)?$/;

/** A header line of names over columns of numbers. */
export class TableHeader {
  readonly #columns: readonly Column[];

  private constructor(columns: readonly Column[]) {
    this.#columns = columns;
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

  /** Number of columns. */
  get width(): number {
    return this.#columns.length;
  }

  /** @param text - a line @returns what it says where it is a row of this table */
  row(text: string): Reading | undefined {
    const bar = BAR.exec(text);
    const bare = (bar ? text.slice(0, bar.index) : text).trim();
    const reading = this.cells(bare.split(/\s+/)) ?? (bare.includes(",") ? this.cells(bare.split(/\s*,\s*/)) : undefined);
    if (reading !== undefined && bar?.[1] !== undefined)
      reading.counters.batch = { value: Number(bar[1]), at: -1, of: { value: Number(bar[2]), at: -1 } };
    return reading;
  }

  /** @param cells - what stands in the columns @returns the row; undefined where the line is of something else */
  cells(cells: readonly string[]): Reading | undefined {
    if (cells.length !== this.#columns.length || !cells.every((cell) => cell === "" || NUMERIC.test(cell))) return undefined;
    const reading = emptyReading();
    reading.evidence = "named";
    for (const [at, cell] of cells.entries()) {
      const { key, role } = this.#columns[at] as Column;
      const [printed = "", of] = cell.split("/");
      const value = printed.includes(":") ? undefined : looseNumber(printed);
      if (value === undefined) continue;
      if (role !== undefined)
        reading.counters[role] ??= { value, at: -1, of: of === undefined ? undefined : { value: Number(of), at: -1 } };
      else if (of === undefined && kindOf(metricName(key)) !== "config") {
        reading.pairs.push({
          key,
          link: "=",
          value,
          at: -1,
          average: undefined,
          deviation: undefined,
          further: [],
          unit: /[a-z%]$/i.exec(printed)?.[0] ?? "",
          isInteger: Number.isInteger(value),
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
