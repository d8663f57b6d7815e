import { parseJsonText } from "ava-protocol";
import type { RunRecord } from "./ports.js";

/**
 * Sets members of the params. What is not named keeps every digit; a later member of the same name counts, as in Python.
 *
 * @param text - the params, text of a JSON object
 * @param record - what is set, and where; what is not an object on the way is replaced by one
 * @returns the new text
 */
export function mergeParams(text: string, { within, members }: Omit<Extract<RunRecord, { kind: "params" }>, "kind">): string {
  const all = membersOf(text);
  const [first, ...deeper] = within;
  if (first !== undefined) {
    all.set(first, mergeParams(all.get(first) ?? "{}", { within: deeper, members }));
    return objectText(all);
  }
  for (const [key, value] of members) {
    if (value === undefined) all.delete(key);
    else all.set(key, value);
  }
  return objectText(all);
}

/** @param text - JSON @returns the texts of its members by name; none for what is not an object */
export function membersOf(text: string): Map<string, string> {
  const root = parseJsonText(text);
  if (root.kind !== "object") return new Map();
  return new Map(root.members.map(({ key, value }) => [key, text.slice(value.start, value.end)]));
}

/** @param members - JSON texts by name @returns the text of an object of them */
export function objectText(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}}`;
}
