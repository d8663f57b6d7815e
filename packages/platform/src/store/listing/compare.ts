import type { Operand, Operator, Term } from "../contract/list.js";
import { type Candidate, type FieldValue, valueOf } from "./candidate.js";
import { boundedSearch } from "./search.js";

/** A term that compares. */
export type Comparison = Extract<Term, { operator: Operator }>;

/**
 * @param lostBeforeMs - as of `ListQuery`
 * @returns whether a comparison holds for an instance
 * @throws PlatformError `bad_request` for a regular expression that takes too long
 */
export function holds(candidate: Candidate, comparison: Comparison, lostBeforeMs: number): boolean {
  const { field, operator } = comparison;
  const check = checkOf(comparison);
  if (field.kind !== "fact" || field.name !== "tag") return check(valueOf(candidate, field, lostBeforeMs));
  const tags = candidate.facts.tags ?? [];
  return operator === "!=" ? tags.every(check) : tags.some(check);
}

type Check = (value: FieldValue) => boolean;

/** What checks values for a comparison: a regular expression is compiled once. */
const checks = new WeakMap<Comparison, Check>();

function checkOf(comparison: Comparison): Check {
  const known = checks.get(comparison);
  if (known !== undefined) return known;
  const check = makeCheck(comparison);
  checks.set(comparison, check);
  return check;
}

function makeCheck({ operator, operand }: Comparison): Check {
  if (operator === "~") {
    const isFound = boundedSearch(operand.text);
    return (value) => value !== undefined && isFound(String(value));
  }
  return (value) => {
    const order = value === undefined ? undefined : orderOf(value, operand);
    switch (operator) {
      case "=":
        return order === 0;
      case "!=":
        return order !== 0;
      case "<":
        return order === -1;
      case "<=":
        return order === -1 || order === 0;
      case ">":
        return order === 1;
      case ">=":
        return order === 1 || order === 0;
    }
  };
}

/** @returns -1, 0 or 1; `undefined` where the two have no order */
function orderOf(value: string | number | bigint, { text, number }: Operand): number | undefined {
  if (typeof value !== "string") return number === undefined ? undefined : compare(value, number);
  // A text that looks like a number is still a text: it has no order among numbers.
  return number === undefined || value === text ? compare(value, text) : undefined;
}

function compare<One extends string | number | bigint>(a: One, b: One): number | undefined {
  if (a < b) return -1;
  if (a > b) return 1;
  // NaN is not in any order, and equal to itself here: it can be looked for.
  return (a !== a) === (b !== b) ? 0 : undefined;
}
