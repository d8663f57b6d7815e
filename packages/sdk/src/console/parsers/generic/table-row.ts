import { type Cell, cellsOf } from "./cells.js";
import { matchedCells } from "./columns.js";
import type { Located } from "./located.js";
import type { Counted } from "./reading.js";

const NUMBER = String.raw`[-+]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const NUMERIC = new RegExp(
  String.raw`^(?:${NUMBER}(?:%|[a-zA-Z]{1,2})?|\d+\/\d+|nan|-?inf|-+|(?:\d[\d./-]*[_T])?\d+(?::\d\d)+(?:\.\d+)?|none|n\/a|\[${NUMBER}(?:,? +${NUMBER})*\])$`,
  "i",
);
/** A progress bar behind a row: `640: 100%|███| 4/4 [00:01<00:00,  2.66it/s]`. */
const BAR = /:\s+\d+%.*?(?:\s(\d+)\/(\d+)(?=\s).*)?$/d;
const FIRST = /^\s*(?:[-+.,\d[]|nan|inf|none)/i;
/** Of a data frame's row, in front of its name. */
const INDEX = /^\s*\d+\s+(?=[A-Za-z_]\w*(?:\s+[-+.\d]\S*){3,}\s*$)/;
/** A name in front of numbers. */
const NAMED = /^\s*(\w[\w.:/'"()&-]*(?: [\w.:/'"()&-]+){0,3})\s+(?=[-+.\dn])/i;
const LABEL = /^[\w"'(][\w .:/'"()&-]*$/;
/** Lists between blanks, and words; a `+` alone marks a better value. */
const CELL = /\[[^[\]]*\]|[^\s[]+/g;

/** What may be a row of a table: columns of numbers, perhaps with the name of the row in front, and a bar behind them. */
export interface TableRow {
  /** The columns; in several ways where commas, bars or blanks may separate them. */
  ways: readonly (readonly Cell[])[];
  /** How far the bar is. */
  batch: Counted | undefined;
}

/**
 * @param text - one line without its prefix
 * @param base - index of its first character in the whole line
 * @returns the columns of a line of numbers; undefined where it has anything else
 */
export function tableRow(text: string, base: number): TableRow | undefined {
  const isPiped = text.includes(" | ");
  const index = isPiped ? undefined : INDEX.exec(text)?.[0].length;
  if (index !== undefined) return tableRow(text.slice(index), base + index);
  const named = FIRST.test(text) ? null : NAMED.exec(text);
  if (!isPiped && !FIRST.test(text) && named === null) return undefined;
  const bar = BAR.exec(text);
  const row = bar ? text.slice(0, bar.index) : text;
  const ways = [
    isPiped ? pipedCells(row, base) : undefined,
    plainCells(row, base, named),
    row.includes(";") ? csvCells(row, base, /;/g) : undefined,
    row.includes(",") ? csvCells(row, base, /,/g) : undefined,
  ];
  const found = ways.filter((cells): cells is Cell[] => cells !== undefined && cells.length >= 2 && cells.slice(1).every(isNumeric));
  if (found.length === 0) return undefined;
  const [, batch, total] = bar?.indices ?? [];
  const located = ([start, end]: [number, number]): Located => ({ value: Number(text.slice(start, end)), at: base + start });
  return { ways: found, batch: batch && total && { ...located(batch), of: located(total) } };
}

/** @param cell - of a row @returns whether it is a number, a list of them or empty */
export function isNumeric({ text }: Cell): boolean {
  return text === "" || NUMERIC.test(text);
}

/** @param cell - first of a row @returns whether it may be the name of the row */
export function isLabel({ text }: Cell): boolean {
  return LABEL.test(text);
}

/**
 * @param text - a line with bars between cells, and none in front
 * @param base - index of its first character in the whole line
 * @returns the cells; undefined where it has no bars
 */
export function pipedCells(text: string, base: number): Cell[] | undefined {
  if (!text.includes(" | ")) return undefined;
  const cells = cellsOf(text, base, /\|/g);
  return cells.at(-1)?.text === "" ? cells.slice(0, -1) : cells;
}

function plainCells(row: string, base: number, named: RegExpExecArray | null): Cell[] | undefined {
  const from = named === null ? 0 : named[0].length;
  const cells = matchedCells(row.slice(from), base + from, CELL).filter(({ text }) => text !== "+");
  if (named === null) return cells.every(isNumeric) ? cells : undefined;
  const label = named[1] as string;
  return [{ text: label, at: base + named[0].indexOf(label) }, ...cells];
}

function csvCells(row: string, base: number, separator: RegExp): Cell[] | undefined {
  const cells = cellsOf(row, base, separator);
  return cells.every(isNumeric) ? cells : undefined;
}
