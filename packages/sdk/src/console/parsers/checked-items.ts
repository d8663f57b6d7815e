import type { ParsedItem } from "./parser.js";

/**
 * What a user's parser in plain JavaScript gives need not be what the types say.
 *
 * @param items - what a parser gave
 * @returns the same
 * @throws TypeError where it is something else than a list of metrics and events
 */
export function checked(items: ParsedItem[] | null | undefined): ParsedItem[] {
  if (items == null) return [];
  if (!Array.isArray(items) || !items.every(isItem)) throw new TypeError("it gave something that is not a list of metrics and events");
  return items;
}

function isItem(item: ParsedItem | null): boolean {
  if (typeof item !== "object" || item === null) return false;
  return "event" in item || (typeof item.name === "string" && item.name !== "" && typeof item.value === "number");
}
