import { looseNumber } from "../number.js";
import { type Cell, cellsOf } from "./cells.js";
import { matchedCells } from "./columns.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import type { Located } from "./located.js";
import type { ToldSeries } from "./told-series.js";

const BORDER = /^\s*[|\u2502\u2503\u2551]/;
const SPLIT = /[|\u2502\u2503\u2551]/g;

/**
 * @param text - one line without its prefix
 * @param base - index of its first character in the whole line
 * @returns the cells of a table line that is drawn with borders; undefined where it is not such a line
 */
export function borderedCells(text: string, base: number): Cell[] | undefined {
  if (!BORDER.test(text)) return undefined;
  const cells = cellsOf(text, base, SPLIT);
  return cells.length >= 3 && cells.at(-1)?.text === "" && cells[0]?.text === "" ? cells.slice(1, -1) : undefined;
}

const RULE = /^\s*-{3,}\s+-{3,}\s*$/;
const RULED = /^\s*(?:[A-Za-z]\S*(?: \S+)*)\s{2,}\S+\s*$/;

/** @param text - a line @returns whether it is the first or last line of a box of two columns without bars: two rows of dashes */
export function isRule(text: string): boolean {
  return RULE.test(text);
}

/** @param text - a line of such a box @param base - index of its first character in the whole line @returns key and value; undefined where it is not of the box */
export function ruledCells(text: string, base: number): Cell[] | undefined {
  if (!RULED.test(text)) return undefined;
  const cells = matchedCells(text, base, /\S+(?: \S+)*/g);
  return cells.length === 2 && looseNumber(cells[1]?.text ?? "") !== undefined ? cells : undefined;
}

/** What the key of a row names in a section. */
export interface BoxName {
  section: string;
  series: ToldSeries;
  isStrong: boolean;
}

/** A line of a box. */
export interface BoxRow {
  key: string;
  /** What the key counts. */
  role: CounterRole | undefined;
  /** Where the value stands; undefined where the row has none, or one that is not a number. */
  value: Located | undefined;
  /** The key stands in front of the keys below it. */
  isSection: boolean;
  /** What it named last: a row comes again in the same section. */
  named: BoxName | undefined;
}

/** @param cells - the two cells of a line @returns what it says */
export function boxRow([key, printed]: readonly Cell[]): BoxRow {
  const { text } = key as Cell;
  const value = looseNumber(printed?.text ?? "");
  return {
    key: text,
    role: counterWord(text.slice(text.lastIndexOf("/") + 1), false)?.role,
    value: value === undefined ? undefined : { value, at: printed?.at ?? -1 },
    isSection: printed?.text === "" && text.endsWith("/"),
    named: undefined,
  };
}

/** A value of a box that is not told yet: its step may come below it. */
export interface BoxValue {
  section: string;
  row: BoxRow;
  value: number;
  line: number;
}

/** A box of two columns, keys and values, in sections (`| train/ |  |`), and with a step among its rows. */
export class Box {
  /** Most rows that are kept: a table with more is not a box. */
  static readonly MOST_ROWS = 500;
  readonly values: BoxValue[] = [];
  /** Its columns stand between rows of dashes, without bars. */
  readonly isRuled: boolean;
  step: number | undefined;
  epoch: number | undefined;
  #section = "";

  /** @param isRuled - as of the property */
  constructor(isRuled: boolean) {
    this.isRuled = isRuled;
  }

  /**
   * @param row - its value is copied
   * @param line - number of the physical line
   */
  add(row: BoxRow, line: number): void {
    const { key, role, value, isSection } = row;
    if (isSection) this.#section = key;
    if (value === undefined || key === "" || this.values.length >= Box.MOST_ROWS) return;
    if (role === "epoch") this.epoch = value.value;
    else if (role === "step" || (role === "iteration" && this.step === undefined)) this.step = value.value;
    else this.values.push({ section: this.#section, row, value: value.value, line });
  }
}
