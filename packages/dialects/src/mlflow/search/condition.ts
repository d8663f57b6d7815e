import { RefusedError } from "../../refused-error.js";

/** What a condition or an order names. */
export interface SearchKey {
  entity: "metric" | "param" | "tag" | "attribute" | "dataset";
  key: string;
}

/** One condition of a filter. */
export interface Condition extends SearchKey {
  comparator: string;
  /** A number, a text, or the texts of a list; absent for `IS NULL`. */
  value?: number | string | readonly string[];
}

const ENTITIES: Readonly<Record<string, SearchKey["entity"]>> = {
  metrics: "metric",
  metric: "metric",
  params: "param",
  param: "param",
  parameter: "param",
  parameters: "param",
  tags: "tag",
  tag: "tag",
  attributes: "attribute",
  attribute: "attribute",
  attr: "attribute",
  run: "attribute",
  datasets: "dataset",
  dataset: "dataset",
};

const KEY = /\s*((?:[A-Za-z_][\w-]*\.)?(?:`[^`]*`|"[^"]*"|[\w.:/-]+))\s*/y;
const COMPARATOR = /(>=|<=|!=|=|>|<|NOT\s+ILIKE|NOT\s+LIKE|ILIKE|LIKE|NOT\s+IN|IN|IS\s+NOT\s+NULL|IS\s+NULL)\s*/iy;
const VALUE = /('(?:[^']|'')*'|"[^"]*"|[-+]?[\w.+-]+|\([^)]*\))\s*/y;
const AND = /AND\s+/iy;

/**
 * Reads a filter of MLflow: conditions joined by AND.
 *
 * @param filter - as the client wrote it
 * @param bare - what a key without a prefix is
 * @returns its conditions
 * @throws RefusedError `invalid`
 */
export function parseFilter(filter: string, bare: SearchKey["entity"] = "attribute"): Condition[] {
  const text = filter.trim();
  const conditions: Condition[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found?.[1] ?? found?.[0];
  };
  const need = (pattern: RegExp, what: string): string => {
    const found = match(pattern);
    if (found === undefined) throw new RefusedError("invalid", `Invalid filter string: ${what} is missing at character ${at + 1}.`);
    return found;
  };
  while (at < text.length) {
    if (conditions.length > 0) need(AND, "AND");
    const key = parseKey(need(KEY, "a key"), bare);
    const comparator = need(COMPARATOR, "a comparator").toUpperCase().replaceAll(/\s+/g, " ");
    if (comparator.startsWith("IS")) conditions.push({ ...key, comparator });
    else conditions.push({ ...key, comparator, value: valueOf(need(VALUE, "a value")) });
  }
  return conditions;
}

/** @param text - `metrics.loss`, the key maybe in backticks @param bare - what a key without a prefix is @returns what it names */
export function parseKey(text: string, bare: SearchKey["entity"] = "attribute"): SearchKey {
  const dot = text.startsWith("`") || text.startsWith('"') ? -1 : text.indexOf(".");
  const entity = dot < 0 ? undefined : ENTITIES[text.slice(0, dot).toLowerCase()];
  if (dot >= 0 && entity === undefined) throw new RefusedError("invalid", `Invalid entity type '${text.slice(0, dot)}'.`);
  return { entity: entity ?? bare, key: unquoted(text.slice(dot + 1)) };
}

function valueOf(text: string): number | string | readonly string[] {
  if (text.startsWith("(")) return [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, single, double]) => single ?? double ?? "");
  if (/^['"]/.test(text)) return unquoted(text).replaceAll("''", "'");
  const number = Number(text);
  if (Number.isNaN(number)) throw new RefusedError("invalid", `Invalid filter string: '${text}' is neither a number nor in quotes.`);
  return number;
}

function unquoted(text: string): string {
  return /^(['"`])[^]*\1$/.test(text) ? text.slice(1, -1) : text;
}
