import { looseNumber } from "../number.js";
import { counterWord } from "./counter-word.js";

const BORDER = /^\s*[|\u2502\u2503\u2551]/;
const SPLIT = /[|\u2502\u2503\u2551]/;

/**
 * @param text - one line
 * @returns the cells of a table line that is drawn with borders; undefined where it is not such a line
 */
export function borderedCells(text: string): string[] | undefined {
  if (!BORDER.test(text)) return undefined;
  const cells = text.split(SPLIT).map((cell) => cell.trim());
  return cells.length >= 3 && cells.at(-1) === "" && cells[0] === "" ? cells.slice(1, -1) : undefined;
}

/** A row of a box that is not told yet: its step may come below it. */
export interface BoxRow {
  key: string;
  value: number;
  line: number;
}

/** A box of two columns, keys and values, in sections (`| train/ |  |`), and with a step among its rows. */
export class Box {
  /** Most rows that are kept: a table with more is not a box. */
  static readonly MOST_ROWS = 500;
  readonly rows: BoxRow[] = [];
  step: number | undefined;
  epoch: number | undefined;
  #section = "";

  /**
   * @param cells - two cells
   * @param line - number of the physical line
   */
  add([key = "", printed = ""]: readonly string[], line: number): void {
    if (printed === "" && key.endsWith("/")) {
      this.#section = key;
      return;
    }
    const value = looseNumber(printed);
    if (value === undefined || key === "" || this.rows.length >= Box.MOST_ROWS) return;
    const role = counterWord(key, false)?.role;
    if (role === "epoch") this.epoch = value;
    else if (role === "step" || (role === "iteration" && this.step === undefined)) this.step = value;
    else this.rows.push({ key: `${this.#section}${key}`, value, line });
  }
}
