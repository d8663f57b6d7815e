import type { Field, MetricField } from "../../store/contract/list.js";
import { fieldOf, isFact, takeLabels, takeWord, type Word } from "./field.js";
import { Scanner } from "./scan.js";

/** What a list is sorted by. */
export interface Sort {
  field: Field;
  isDown: boolean;
}

/**
 * @param sort - a field with `-` in front for descending; a name that is not a field means the last value of the series of that name
 * @throws PlatformError `bad_request`, which names the place
 */
export function parseSort(sort: string): Sort {
  const isDown = sort.startsWith("-");
  const scanner = new Scanner(isDown ? sort.slice(1) : sort, "sort");
  const word = takeWord(scanner) ?? scanner.fail("a field is expected");
  const isField = isFact(word.text) || /^(params\.|(last|min|max|count):)/.test(word.text);
  const field: Field = isField ? fieldOf(scanner, word) : { kind: "metric", figure: "last", name: word.text };
  if (!scanner.isAtEnd) scanner.fail("the field is expected to end here");
  return { field, isDown };
}

/** Parts of an instance that only a column shows. */
const WHOLE = ["note", "params", "end"] as const;

/** What an instance had where one of its series was at its best. */
export interface AtBest {
  kind: "atBest";
  /** A series, by its value as it was last at that step, or the step or epoch itself. */
  what: { series: string } | "step" | "epoch";
  /** The least or greatest value of a series; its last point that has it counts. */
  best: MetricField & { figure: "min" | "max" };
}

/** One column of a list. */
export interface Column {
  /** As it was asked for. */
  key: string;
  shown: Field | AtBest | { kind: "whole"; name: (typeof WHOLE)[number] };
}

/**
 * @param columns - fields, or `note`, `params`, `end`, `at:SERIES@min:SERIES`, with commas between
 * @throws PlatformError `bad_request`, which names the place
 */
export function parseColumns(columns: string): Column[] {
  return takeFields(columns, "columns", (scanner, word) => {
    const whole = WHOLE.find((name) => name === word.text);
    if (whole !== undefined) return { kind: "whole", name: whole };
    return atBestOf(scanner, word) ?? fieldOf(scanner, word);
  });
}

const AT_BEST = /^at:(.+)@(min|max):(.+)$/s;

function atBestOf(scanner: Scanner, { text }: Word): AtBest | undefined {
  const [, what, figure, name] = AT_BEST.exec(text) ?? [];
  if (what === undefined) return undefined;
  const labels = takeLabels(scanner);
  return {
    kind: "atBest",
    what: what === "step" || what === "epoch" ? what : { series: what },
    best: { kind: "metric", figure: figure as "min" | "max", name: name!, ...(labels === undefined ? {} : { labels }) },
  };
}

/**
 * @param text - fields with commas between
 * @param what - what it is, for messages
 * @param read - reads one of them, of which the first word was taken just now
 * @returns them with their texts
 * @throws PlatformError `bad_request`, which names the place
 */
export function takeFields<Shown>(
  text: string,
  what: string,
  read: (scanner: Scanner, word: Word) => Shown,
): { key: string; shown: Shown }[] {
  const scanner = new Scanner(text, what);
  const found: { key: string; shown: Shown }[] = [];
  scanner.skipSpace();
  while (!scanner.isAtEnd) {
    const start = scanner.at;
    const shown = read(scanner, takeWord(scanner) ?? scanner.fail("a field is expected"));
    found.push({ key: text.slice(start, scanner.at), shown });
    scanner.skipSpace();
    if (scanner.isAtEnd) break;
    if (scanner.take(/,\s*/y) === undefined) scanner.fail(`a comma is expected between ${what}`);
    if (scanner.isAtEnd) scanner.fail("a field is expected behind the comma");
  }
  return found;
}
