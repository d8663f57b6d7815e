import { FIGURES, fieldParts, fieldTitle, metricField, paramField, unquoted } from "./field-text.js";

/** What is known of the params and series of the runs, as far as some of them were looked at. */
export interface KnownFields {
  /** Paths of params with the values that were seen, most frequent first. */
  params: ReadonlyMap<string, readonly string[]>;
  /** Names of series. */
  metrics: readonly string[];
}

/** Fields of an instance itself. */
export const FACTS = ["state", "tag", "host", "id", "name", "training", "startTime", "stopTime", "heartbeatTime"] as const;

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const WORD = String.raw`(?:${QUOTED}|\`(?:[^\`]|\`\`)*\`|[^\s=!<>~"\`])+`;
const TERM = new RegExp(String.raw`(${WORD})(?:\s*(!=|<=|>=|=|<|>|~)\s*(${QUOTED}|\S+|$))?`, "g");

/**
 * @param path - of a param
 * @returns it as a term names it: without its prefix where that means nothing else
 */
export function termField(path: string): string {
  const field = paramField(path);
  const isOther =
    field !== `params.${path}` || (FACTS as readonly string[]).includes(path) || /^(params\.|(last|min|max|count):)/.test(path);
  return isOther ? field : path;
}

/**
 * @param name - of a series
 * @param known - fields of the runs
 * @returns its last value as a term names it: without its prefix where that means nothing else
 */
export function termMetric(name: string, { params }: KnownFields): string {
  const field = metricField("last", name);
  const isOther =
    field !== `last:${name}` ||
    params.has(name) ||
    (FACTS as readonly string[]).includes(name) ||
    /^(params\.|(last|min|max|count):)/.test(name);
  return isOther ? field : name;
}

/** A term of the search box taken apart; without an operator it is text that is looked for, with an empty value it is not finished. */
export interface SearchTerm {
  field: string;
  operator?: string;
  value?: string;
}

/**
 * @param text - what the reader wrote
 * @returns its terms; `and` between them is left out. Of what cannot be read nothing is: it is one term, and the platform says what is wrong
 */
export function splitTerms(text: string): SearchTerm[] {
  if (text.replace(TERM, "").trim() !== "") return [{ field: text.trim() }];
  return [...text.matchAll(TERM)].flatMap(([, field = "", operator, value]) => {
    if (operator === undefined || value === undefined) return field.toLowerCase() === "and" ? [] : [{ field }];
    return [{ field, operator, value }];
  });
}

/**
 * @param term - one term
 * @returns its text without needless spaces
 */
export function termText({ field, operator = "", value = "" }: SearchTerm): string {
  return field + operator + value;
}

/**
 * Writes a term as the platform reads it: a param or series may have been written without its prefix.
 *
 * @param term - as the reader wrote it
 * @param known - fields of the runs
 * @returns a term of docs/formats/filter.md
 */
export function fullTerm(term: SearchTerm, known: KnownFields): string {
  const { field, operator, value } = term;
  if (operator === undefined) return field;
  return `${fullField(field, known)}${operator}${value}`;
}

/**
 * @param terms - of the search box
 * @param known - fields of the runs
 * @param isDraft - whether the last is being written: it is left out until it is finished
 * @returns them as the platform reads them
 */
export function filterText(terms: readonly string[], known: KnownFields, isDraft: boolean): string {
  return terms
    .filter((term, i) => !(isDraft && i === terms.length - 1 && isUnfinished(term)))
    .flatMap(splitTerms)
    .map((term) => fullTerm(term, known))
    .join(" ");
}

function isUnfinished(text: string): boolean {
  return text.replace(TERM, "").trim() !== "" || splitTerms(text).some(({ value }) => value === "");
}

/**
 * @param terms - of the search box
 * @param known - fields of the runs
 * @returns params and metrics that the terms name and the runs have not
 */
export function unknownFields(terms: readonly string[], known: KnownFields): string[] {
  const { params, metrics } = known;
  return terms
    .flatMap(splitTerms)
    .filter(({ operator }) => operator !== undefined)
    .map(({ field }) => fullField(field, known))
    .filter((field) => {
      const parts = fieldParts(field);
      if (parts.kind === "param") return !params.has(parts.path);
      return parts.kind === "metric" && !metrics.includes(parts.name) && !metrics.includes(parts.name.replace(/\{.*$/s, ""));
    })
    .map(fieldTitle);
}

/**
 * @param terms - of the search box
 * @param known - fields of the runs
 * @returns names without a prefix that mean a metric, where params have them as their last level
 */
export function readAsMetrics(terms: readonly string[], known: KnownFields): { name: string; params: string[] }[] {
  return terms
    .flatMap(splitTerms)
    .filter(({ operator }) => operator !== undefined)
    .map(({ field }) => ({ field, name: unquoted(field) }))
    .filter(({ field, name }) => known.metrics.includes(name) && fullField(field, known) === metricField("last", name))
    .map(({ name }) => ({ name, params: nestedParams(name, known.params).map(paramField) }))
    .filter(({ params }) => params.length > 0);
}

function fullField(field: string, { params, metrics }: KnownFields): string {
  const name = unquoted(field);
  const isFull = name.startsWith("params.") || FIGURES.some((figure) => name.startsWith(`${figure}:`));
  if (isFull || (FACTS as readonly string[]).includes(name)) return field;
  if (params.has(name)) return paramField(name);
  if (metrics.includes(name)) return metricField("last", name);
  const [nested] = nestedParams(name, params);
  if (nested !== undefined) return paramField(nested);
  return name.includes("/") ? metricField("last", name) : `params.${field}`;
}

/** @returns params of which the name is the last level */
function nestedParams(name: string, params: KnownFields["params"]): string[] {
  return [...params.keys()].filter((path) => path.endsWith(`.${name}`));
}
