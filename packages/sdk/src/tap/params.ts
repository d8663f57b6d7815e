import { parseJsonText } from "ava-protocol";

/** @param base - text of a JSON object @param more - of another, whose members win @returns text of an object of both, digit for digit */
export function addParams(base: string, more: string): string {
  const members = new Map<string, string>();
  for (const text of [base, more]) {
    const root = parseJsonText(text);
    if (root.kind !== "object") continue;
    for (const { key, value } of root.members) members.set(key, text.slice(value.start, value.end));
  }
  return `{${[...members].map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(", ")}}`;
}
