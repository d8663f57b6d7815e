import { styleText } from "node:util";
import type { ParsedItem } from "../console/parsers/parser.js";
import type { Reading } from "../console/parsers/reader-reports.js";

/** Columns of the number of a line. */
const NUMBER_COLUMNS = 6;
const INDENT = " ".repeat(NUMBER_COLUMNS + 2);
const COUNTERS = ["step", "epoch", "batch", "total", "phase"] as const;

type Style = Parameters<typeof styleText>[0];

/**
 * Shows a line of console text and, below it, which parser or rule read what.
 *
 * @param text - the line, or one frame of it; `undefined` for what is told when no line comes any more
 * @param line - its number
 * @param readings - what was read of it
 * @param hasColors - for a terminal that shows colours
 * @returns lines with their ends
 */
export function explainLine(text: string | undefined, line: number, readings: readonly Reading[], hasColors: boolean): string {
  const paint = (style: Style, words: string) => (hasColors ? styleText(style, words, { validateStream: false }) : words);
  const shown = text === undefined ? "(end)" : text.replaceAll(/\p{Cc}/gu, " ");
  const head = `${paint("gray", String(line).padStart(NUMBER_COLUMNS))}  ${readings.length === 0 ? paint("gray", shown) : shown}\n`;
  const rows = readings.map(({ parser, items, isLeftOut }) => {
    const why = isLeftOut ? paint("yellow", "  (left out: the line is read already)") : "";
    const told = items.map((item) => paint(isLeftOut ? "gray" : "green", wordsOf(item, line))).join("   ");
    return `${INDENT}${paint("cyan", parser)}: ${told}${why}\n`;
  });
  return head + rows.join("");
}

function wordsOf(item: ParsedItem, line: number): string {
  const counters = "name" in item ? COUNTERS.filter((name) => item[name] !== undefined).map((name) => `${name} ${item[name]}`) : [];
  const labels = "name" in item ? Object.entries(item.labels ?? {}).map(([key, value]) => `${key}=${value}`) : [];
  const where = item.line === line ? [] : [`line ${item.line}`];
  const places = [...("event" in item && item.step !== undefined ? [`step ${item.step}`] : counters), ...labels, ...where];
  const fact = "name" in item ? `${item.name} = ${item.value}` : [item.event, item.file ?? item.message].filter(Boolean).join(" ");
  return places.length === 0 ? fact : `${fact} (${places.join(", ")})`;
}
