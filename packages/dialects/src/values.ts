import { asObject } from "./body.js";

const NOT_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);
/** What is nested deeper is not a metric. */
const MOST_DEPTH = 10;

/** @param value - of a JSON text @returns the number that it is: true and false are 1 and 0; `undefined` for what is not a number */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return typeof value === "string" && NOT_FINITE.has(value) ? Number(value) : undefined;
}

/**
 * Takes the metrics out of what a client logged at once.
 *
 * @param row - by name; names of nested ones are joined by `.`
 * @param left - names that are not metrics
 * @returns the numbers, and how much else there was, by kind
 */
export function flatten(
  row: Readonly<Record<string, unknown>>,
  left: ReadonlySet<string> = new Set(),
): { values: Map<string, number>; passedOver: Map<string, number> } {
  const values = new Map<string, number>();
  const passedOver = new Map<string, number>();
  const visit = (prefix: string, members: Readonly<Record<string, unknown>>, depth: number) => {
    for (const [key, value] of Object.entries(members)) {
      if (depth === 0 && left.has(key)) continue;
      const number = numberOf(value);
      const inner = number === undefined ? asObject(value) : undefined;
      if (number !== undefined) values.set(prefix + key, number);
      else if (inner && inner["_type"] === undefined && depth < MOST_DEPTH) visit(`${prefix}${key}.`, inner, depth + 1);
      else if (value !== null) count(passedOver, inner ? "media" : typeof value === "string" ? "texts" : "lists");
    }
  };
  visit("", row, 0);
  return { values, passedOver };
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
