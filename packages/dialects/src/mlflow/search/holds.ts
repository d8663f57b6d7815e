import type { Condition } from "./condition.js";

/** What a key of a search stands for; several where a run has several data sets. */
export type SearchValue = number | string | readonly string[] | undefined;

/** @param condition - of a filter @param found - what the run has under its key @returns whether it holds */
export function holds({ comparator, value }: Condition, found: SearchValue): boolean {
  if (comparator === "IS NULL") return found === undefined;
  if (comparator === "IS NOT NULL") return found !== undefined;
  if (found === undefined) return false;
  if (typeof found === "object") return found.some((one) => compares(comparator, one, value));
  return compares(comparator, found, value);
}

function compares(comparator: string, found: number | string, value: Condition["value"]): boolean {
  if (typeof value === "object") return comparator === "IN" ? value.includes(String(found)) : !value.includes(String(found));
  const wanted = value as number | string;
  switch (comparator) {
    case "=":
      return isEqual(found, wanted);
    case "!=":
      return !isEqual(found, wanted);
    case ">":
      return Number(found) > Number(wanted);
    case ">=":
      return Number(found) >= Number(wanted);
    case "<":
      return Number(found) < Number(wanted);
    case "<=":
      return Number(found) <= Number(wanted);
    case "LIKE":
      return isLike(String(found), String(wanted), "su");
    default:
      return isLike(String(found), String(wanted), "sui");
  }
}

function isEqual(found: number | string, wanted: number | string): boolean {
  return typeof found === "number" ? found === Number(wanted) : found === String(wanted);
}

/** SQL's pattern: `%` any text, `_` any character. */
function isLike(text: string, pattern: string, flags: string): boolean {
  const source = pattern
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, flags).test(text);
}
