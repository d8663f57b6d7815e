import { FACTS, type KnownFields, termField, termMetric } from "./search-terms.js";

/** Suggestions shown at once. */
const MOST = 8;

const STATES = ["running", "failed", "lost", "done"];

/**
 * Proposes how the term being written may go on: names of fields, then values that were seen.
 *
 * @param draft - text of the term so far
 * @param known - fields of the runs
 * @returns whole texts for the draft, likeliest first; a field is given with the operator that usually follows
 */
export function suggest(draft: string, known: KnownFields): string[] {
  const [, field, operator, start = ""] = /^(\S+?)(!=|<=|>=|=|<|>|~)(\S*)$/.exec(draft) ?? [];
  if (field !== undefined && operator !== undefined) {
    const values = field === "state" ? STATES : valuesOf(field, known);
    return starting(values, start.replace(/^"/, ""))
      .map(quotedValue)
      .filter((value) => value !== start)
      .map((value) => field + operator + value)
      .slice(0, MOST);
  }
  if (draft === "" || /\s/.test(draft)) return [];
  const fields = [
    ...[...known.params.keys()].map((path) => `${termField(path)}=`),
    ...FACTS.map((name) => `${name}=`),
    ...known.metrics.map((name) => `${termMetric(name, known)}<`),
  ];
  return starting(fields, draft).slice(0, MOST);
}

function valuesOf(field: string, { params }: KnownFields): readonly string[] {
  const path = field.replace(/^params\./, "");
  return params.get(path) ?? [...params].find(([name]) => name.endsWith(`.${path}`))?.[1] ?? [];
}

/** Those that begin with the text, then those that contain it. */
function starting(texts: readonly string[], start: string): string[] {
  const wanted = start.toLowerCase();
  const lower = (text: string): string => text.toLowerCase();
  return [
    ...texts.filter((text) => lower(text).startsWith(wanted)),
    ...texts.filter((text) => !lower(text).startsWith(wanted) && lower(text).includes(wanted)),
  ];
}

/**
 * @param value - text of a param
 * @returns it as a value of a term
 */
export function quotedValue(value: string): string {
  return /^[^\s=<>~"]\S*$/.test(value) ? value : JSON.stringify(value);
}
